"use client";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Link from "@mui/material/Link";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import NextLink from "next/link";
import { Section } from "../editor/Section";
import { useLive } from "../frame/LiveContext";
import { untold } from "../frame/report";
import { capitalized } from "../shared/capitalized";
import { Deferred } from "../shared/Deferred";
import { GatewayChoice, Uncounted } from "./GatewayChoice";
import { WatchedList } from "./WatchedList";
import type { Switch, Watched } from "./watched";

const charts = () => import("./Charts").then((m) => m.Charts);

export function Monitor({ id, endpoints, onSwitch }: { id: string; endpoints: Watched[]; onSwitch: Switch }) {
  const { report } = useLive();
  return (
    <Box sx={{ pb: 3 }}>
      <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 1.5, mb: 2 }}>
        <Typography variant="h2" sx={{ flex: 1 }}>
          Monitor
        </Typography>
        <GatewayChoice />
      </Box>
      <Stack spacing={2}>
        {report.live && !report.gateway && (
          <Alert severity="warning" role="status">
            {capitalized(untold(report.silence))}, so nothing is known of the traffic now.
            {!report.silence &&
              " If it does not run, callers get no answer. Switches are kept, and it follows them as soon as it runs."}
          </Alert>
        )}
        <Uncounted />
        {report.live ? (
          <>
            <WatchedList id={id} endpoints={endpoints} onSwitch={onSwitch} />
            <Box sx={{ minHeight: 640 }}>
              <Deferred load={charts} props={{ id }} />
            </Box>
          </>
        ) : (
          <Section title="Nothing to watch yet">
            <Typography variant="body2">
              This API is not deployed.{" "}
              <Link component={NextLink} href={`/apis/${id}/deployments`}>
                Deploy it
              </Link>{" "}
              to see its traffic here.
            </Typography>
          </Section>
        )}
      </Stack>
    </Box>
  );
}
