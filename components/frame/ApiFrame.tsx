"use client";
import Box from "@mui/material/Box";
import Container from "@mui/material/Container";
import Typography from "@mui/material/Typography";
import type { ReactNode } from "react";
import type { IssueTestToken } from "../shared/actionResults";
import { Navigation } from "../shared/Navigation";
import { ApiMenu } from "./ApiMenu";
import { LiveProvider } from "./LiveContext";
import type { LiveReport } from "./report";
import { StateLine } from "./StateLine";

interface Props {
  id: string;
  name: string;
  version: string;
  report: LiveReport;
  onTestToken: IssueTestToken;
  children: ReactNode;
}

export function ApiFrame({ id, name, version, report, onTestToken, children }: Props) {
  return (
    <LiveProvider id={id} report={report} onTestToken={onTestToken}>
      <Container maxWidth="lg" sx={{ pt: 3 }}>
        <Typography variant="h1" sx={{ overflowWrap: "anywhere" }}>
          {name}{" "}
          <Box component="span" sx={{ color: "text.secondary", fontWeight: 400 }}>
            {version}
          </Box>
        </Typography>
        <Box sx={{ mt: 0.5, mb: 2.5 }}>
          <StateLine />
        </Box>
        <Box sx={columns}>
          <Navigation frame={<ApiMenu id={id} />}>{children}</Navigation>
        </Box>
      </Container>
    </LiveProvider>
  );
}

const columns = {
  display: "grid",
  gridTemplateColumns: { xs: "minmax(0, 1fr)", md: "minmax(188px, max-content) minmax(0, 1fr)" },
  columnGap: 4,
  rowGap: 2,
  alignItems: "start",
};
