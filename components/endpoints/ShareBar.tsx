"use client";
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";

export interface Slice {
  id: string;
  /** Of the endpoint in its list: it gives the colour, the same in every bar. */
  place: number;
  label: string;
  /** 0..1 */
  share: number;
}

/** Told apart by lightness too, for those who do not see the hues. */
const colours = ["#0b6478", "#d98e2b", "#6a51a3", "#5a9e9e", "#a63d57", "#8a9bb0"];

/** A bar of shares; the list under it says the same in words, each with its colour. */
export function ShareBar({ title, slices }: { title: string; slices: readonly Slice[] }) {
  return (
    <Box
      sx={{
        display: "grid",
        gridTemplateColumns: { xs: "1fr", sm: "88px 1fr" },
        columnGap: 1.5,
        alignItems: "center",
      }}
    >
      <Typography variant="caption" color="textSecondary">
        {title}
      </Typography>
      <Box
        aria-hidden
        sx={{ display: "flex", height: 12, borderRadius: 0.5, overflow: "hidden", bgcolor: "action.hover" }}
      >
        {slices.map(({ id, place, share }) => (
          <Box
            key={id}
            style={{ width: `${share * 100}%`, backgroundColor: colours[place % colours.length] }}
            sx={{
              transition: "width 150ms",
              "@media (prefers-reduced-motion: reduce)": { transition: "none" },
            }}
          />
        ))}
      </Box>
      <Box component="ul" aria-label={title} sx={legend}>
        {slices.map(({ id, place, label }) => (
          <Box component="li" key={id} sx={{ display: "flex", alignItems: "center", gap: 0.75, minWidth: 0 }}>
            <Box
              component="span"
              aria-hidden
              style={{ backgroundColor: colours[place % colours.length] }}
              sx={{ width: 9, height: 9, borderRadius: 0.25, flexShrink: 0 }}
            />
            <Box component="span" sx={{ overflowWrap: "anywhere" }}>
              {label}
            </Box>
          </Box>
        ))}
      </Box>
    </Box>
  );
}

const legend = {
  gridColumn: { sm: 2 },
  display: "flex",
  flexWrap: "wrap",
  columnGap: 2,
  listStyle: "none",
  m: 0,
  p: 0,
  typography: "caption",
  color: "text.secondary",
  fontVariantNumeric: "tabular-nums",
};
