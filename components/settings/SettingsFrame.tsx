"use client";
import Box from "@mui/material/Box";
import Container from "@mui/material/Container";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";
import { SettingsNav } from "./SettingsNav";

export function SettingsFrame({ children }: { children: ReactNode }) {
  return (
    <Container maxWidth="lg" sx={{ pt: 3, pb: 6 }}>
      <Typography variant="h1" sx={{ mb: 2.5 }}>
        Settings
      </Typography>
      <Box sx={columns}>
        <SettingsNav />
        <Box sx={{ minWidth: 0 }}>{children}</Box>
      </Box>
    </Container>
  );
}

const columns = {
  display: "grid",
  gridTemplateColumns: { xs: "minmax(0, 1fr)", md: "minmax(188px, max-content) minmax(0, 1fr)" },
  columnGap: 4,
  rowGap: 2,
  alignItems: "start",
};
