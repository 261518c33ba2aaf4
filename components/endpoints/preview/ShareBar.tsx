"use client";
import Box from "@mui/material/Box";
import type { Theme } from "@mui/material/styles";
import Typography from "@mui/material/Typography";
import { visuallyHidden } from "../../shared/visuallyHidden";
import { swatch } from "./swatch";

export interface Slice {
  id: string;
  /** Of the endpoint in its list: it gives the colour, the same in every bar. */
  place: number;
  name: string;
  value: string;
  /** 0..1 */
  share: number;
}

interface Props {
  title: string;
  slices: readonly Slice[];
  /** The bar above has the same names: where there is little room the colours are enough. */
  again?: boolean;
  /** The rows below have the same colours and numbers: a long legend is no help. */
  rows?: boolean;
}

/** Most entries of a legend that says what stands below it too. */
const MAX_LEGEND = 8;

/** A bar of shares; the list under it says the same in words, each with its colour. */
export function ShareBar({ title, slices, again = false, rows = false }: Props) {
  return (
    <Box sx={plot}>
      <Typography variant="caption" color="textSecondary">
        {title}
      </Typography>
      <Box aria-hidden sx={bar}>
        {slices.map(({ id, place, share }) => (
          <i key={id} style={{ width: `${share * 100}%`, ...swatch(place) }} />
        ))}
      </Box>
      <Box
        component="ul"
        aria-label={title}
        sx={rows && slices.length > MAX_LEGEND ? visuallyHidden : legend}
      >
        {slices.map(({ id, place, name, value }) => (
          <li key={id}>
            <i aria-hidden style={swatch(place)} />
            <Box component="span" sx={again ? unseenWhenNarrow : undefined}>
              {name}
            </Box>{" "}
            <b>{value}</b>
          </li>
        ))}
      </Box>
    </Box>
  );
}

const plot = {
  display: "grid",
  gridTemplateColumns: { xs: "1fr", sm: "96px 1fr" },
  columnGap: 1.5,
  alignItems: "center",
  position: "relative",
};
const bar = {
  display: "flex",
  height: 12,
  borderRadius: 0.5,
  overflow: "hidden",
  bgcolor: "action.hover",
  "& i": {
    transition: "width 150ms",
    "@media (prefers-reduced-motion: reduce)": { transition: "none" },
  },
};
const unseenWhenNarrow = (theme: Theme) => ({ [theme.breakpoints.down("sm")]: visuallyHidden });
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
  "& li": { display: "flex", alignItems: "center", gap: 0.75, minWidth: 0 },
  "& span": { overflowWrap: "anywhere", minWidth: 0 },
  // Numbers that grow while one looks must not move what stands beside them.
  "& b": { fontWeight: 500, minWidth: "6ch" },
  "& i": { width: 9, height: 9, borderRadius: 0.25, flexShrink: 0 },
};
