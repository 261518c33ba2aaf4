"use client";
import AppBar from "@mui/material/AppBar";
import Box from "@mui/material/Box";
import CssBaseline from "@mui/material/CssBaseline";
import Link from "@mui/material/Link";
import { ThemeProvider } from "@mui/material/styles";
import Toolbar from "@mui/material/Toolbar";
import Typography from "@mui/material/Typography";
import NextLink from "next/link";
import type { MouseEvent, ReactNode } from "react";
import { AccountMenu } from "../session/AccountMenu";
import { SignedOut } from "../session/SignedOut";
import { AccessProvider, type Me } from "../shared/Access";
import { Announcer } from "../shared/Announcer";
import { Hints } from "../shared/Hints";
import { KeepEarly } from "../shared/KeepEarly";
import { KeepFocus } from "../shared/KeepFocus";
import { Logo } from "../shared/Logo";
import { LinkPending, Navigation } from "../shared/Navigation";
import { visuallyHidden } from "../shared/visuallyHidden";
import { TopLinks } from "./TopLinks";
import { TopSearch } from "./TopSearch";
import { theme } from "./theme";
import { Updated } from "./Updated";

interface Props {
  /** Null on the pages before signing in. */
  me: Me | null;
  /** By what the publisher's build is known; "" while developing. */
  version: string;
  children: ReactNode;
}

export function AppFrame({ me, version, children }: Props) {
  return (
    <ThemeProvider theme={theme}>
      <CssBaseline enableColorScheme />
      <AccessProvider me={me}>
        <Announcer>
          <KeepFocus />
          <KeepEarly />
          <Link href="#main" onClick={skip} sx={skipLink}>
            Skip to content
          </Link>
          <Navigation
            frame={
              <>
                <Header me={me} />
                <SignedOut />
                <Updated version={version} />
              </>
            }
            main
          >
            {children}
          </Navigation>
        </Announcer>
      </AccessProvider>
    </ThemeProvider>
  );
}

/** Past the menu of an API too. */
function skip(event: MouseEvent): void {
  const page = document.getElementById("page");
  if (!page) return;
  event.preventDefault();
  page.focus();
}

function Header({ me }: Pick<Props, "me">) {
  return (
    <AppBar position="static" elevation={0} color="transparent" component="header" sx={bar}>
      <Toolbar variant="dense" sx={{ gap: { xs: 2, sm: 3 }, minHeight: 52 }}>
        <Link component={NextLink} href="/apis" prefetch={false} underline="none" color="inherit" sx={brand}>
          <Logo />
          <Typography component="span" sx={brandName}>
            Sluice
          </Typography>
          <LinkPending />
        </Link>
        {me && <TopLinks />}
        <Box sx={{ flex: 1 }} />
        {me && <TopSearch />}
        {me && <AccountMenu me={me} />}
      </Toolbar>
      <Hints />
    </AppBar>
  );
}

const bar = { bgcolor: "background.paper", borderBottom: 1, borderColor: "divider" };
const brandName = {
  fontWeight: 650,
  fontSize: "1.0625rem",
  // The links need the room.
  "@media (max-width: 480px)": visuallyHidden,
};
const brand = { display: "flex", alignItems: "center", gap: 1 };
const skipLink = {
  position: "absolute",
  left: 8,
  top: "-6rem",
  zIndex: 2000,
  p: 1,
  bgcolor: "background.paper",
  "&:focus": { top: 8 },
};
