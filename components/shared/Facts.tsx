import Box from "@mui/material/Box";
import type { ReactNode } from "react";

export function Facts({ facts }: { facts: [string, ReactNode][] }) {
  return (
    <Box component="dl" sx={grid}>
      {facts.map(([term, value]) => (
        <Box key={term} sx={{ display: "contents" }}>
          <Box component="dt" sx={{ color: "text.secondary" }}>
            {term}
          </Box>
          <Box component="dd" sx={{ m: 0, mb: { xs: 1, sm: 0 }, overflowWrap: "anywhere" }}>
            {value}
          </Box>
        </Box>
      ))}
    </Box>
  );
}

const grid = {
  m: 0,
  display: "grid",
  // On a phone a term stands over its value.
  gridTemplateColumns: { xs: "minmax(0, 1fr)", sm: "minmax(90px, max-content) minmax(0, 1fr)" },
  // A value may be a line in a frame.
  alignItems: "baseline",
  columnGap: 3,
  rowGap: { xs: 0.25, sm: 1 },
  typography: "body2",
};
