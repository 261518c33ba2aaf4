"use client";
import AppBar from "@mui/material/AppBar";
import Box from "@mui/material/Box";
import CssBaseline from "@mui/material/CssBaseline";
import Link from "@mui/material/Link";
import { ThemeProvider } from "@mui/material/styles";
import Toolbar from "@mui/material/Toolbar";
import Typography from "@mui/material/Typography";
import NextLink from "next/link";
import type { ReactNode } from "react";
import { Announcer } from "./shared/Announcer";
import { Logo } from "./shared/Logo";
import { theme } from "./theme";

export function AppFrame({ children }: { children: ReactNode }) {
  return (
    <ThemeProvider theme={theme}>
      <CssBaseline enableColorScheme />
      <Announcer>
        <Link href="#main" sx={skipLink}>
          Skip to content
        </Link>
        <AppBar position="static" elevation={0} color="transparent" component="header" sx={bar}>
          <Toolbar variant="dense" sx={{ gap: 3, minHeight: 52 }}>
            <Link component={NextLink} href="/apis" underline="none" color="inherit" sx={brand}>
              <Logo />
              <Typography component="span" sx={{ fontWeight: 650, fontSize: "1.0625rem" }}>
                Sluice
              </Typography>
            </Link>
            <Box component="nav" aria-label="Main">
              <Link component={NextLink} href="/apis" underline="hover" color="textSecondary">
                APIs
              </Link>
            </Box>
          </Toolbar>
        </AppBar>
        <Box component="main" id="main" tabIndex={-1} sx={{ outline: "none" }}>
          {children}
        </Box>
      </Announcer>
    </ThemeProvider>
  );
}

const bar = { bgcolor: "background.paper", borderBottom: 1, borderColor: "divider" };
const brand = { display: "flex", alignItems: "center", gap: 1 };
const skipLink = {
  position: "absolute",
  left: 8,
  top: -60,
  zIndex: 2000,
  p: 1,
  bgcolor: "background.paper",
  "&:focus": { top: 8 },
};
