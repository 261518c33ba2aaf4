/** Screens that are used by fingers alone. */
export const FINGERS = "(hover: none) and (pointer: coarse)";

const wide = '"position url weight buttons" ". notes notes notes" ". words words words"';
const narrow = '"position url" ". weight" ". notes" ". words" "buttons buttons"';
const several = { display: "flex", flexWrap: "wrap", columnGap: 2, rowGap: 0.5 };

export const rowStyles = {
  row: {
    display: "grid",
    gridTemplateAreas: { xs: narrow, sm: wide },
    gridTemplateColumns: { xs: "auto minmax(0, 1fr)", sm: "auto minmax(0, 1fr) auto auto" },
    columnGap: 1.5,
    rowGap: 0.5,
    py: 1,
    borderTop: 1,
    borderColor: "divider",
    "&:first-of-type": { borderTop: 0 },
    "&[data-dragged]": { opacity: 0.45 },
    // Where it would come to lie.
    "&[data-drop=before]": { boxShadow: "inset 0 2px 0 var(--mui-palette-primary-main)" },
    "&[data-drop=after]": { boxShadow: "inset 0 -2px 0 var(--mui-palette-primary-main)" },
  },
  position: {
    gridArea: "position",
    minWidth: "1.25rem",
    // All rows of the list begin alike.
    "&[data-routing=failover]": { minWidth: "2.75rem" },
    // Takes no room of its own: the row is as high as the others.
    "& small": { display: "block", fontSize: "0.75rem", lineHeight: 1.1, mb: "-0.75rem" },
    pt: 1.1,
    color: "text.secondary",
    fontVariantNumeric: "tabular-nums",
    "& i": { display: "block", width: 9, height: 9, mt: 0.5, borderRadius: 0.25 },
  },
  url: { gridArea: "url", minWidth: 0 },
  weight: { gridArea: "weight", display: "flex", alignItems: "flex-start", gap: 1, "& > span": { pt: 1.1 } },
  share: {
    minWidth: "2.75rem",
    textAlign: "right",
    fontVariantNumeric: "tabular-nums",
    color: "text.primary",
  },
  buttons: {
    gridArea: "buttons",
    display: "flex",
    // Buttons for fingers are wider than the smallest screens.
    flexWrap: { xs: "wrap", sm: "nowrap" },
    alignItems: "flex-start",
    pt: 0.5,
  },
  drag: {
    cursor: "grab",
    // Fingers scroll with it; they have the arrows.
    [`@media ${FINGERS}`]: { display: "none" },
  },
  notes: {
    gridArea: "notes",
    display: "flex",
    // What the gateway tells changes all the time; the switches must not move with it.
    flexWrap: { xs: "wrap", sm: "nowrap" },
    alignItems: "flex-start",
    justifyContent: "space-between",
    columnGap: 2,
    rowGap: 0.5,
    minHeight: 22,
  },
  state: { ...several, flex: "1 1 auto", minWidth: 0, alignItems: "flex-start" },
  words: { ...several, gridArea: "words", minWidth: 0 },
  switches: {
    display: "flex",
    flexWrap: "wrap",
    columnGap: 2,
    rowGap: 0.5,
    flex: { xs: "1 0 100%", sm: "none" },
  },
} as const;
