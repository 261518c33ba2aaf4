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
          <Box component="dd" sx={{ m: 0, overflowWrap: "anywhere" }}>
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
  gridTemplateColumns: "minmax(90px, max-content) minmax(0, 1fr)",
  columnGap: 3,
  rowGap: 1,
  typography: "body2",
};
