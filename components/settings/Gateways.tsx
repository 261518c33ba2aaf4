"use client";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useCallback, useState } from "react";
import { type GatewaysReport, inShort } from "#lib/gateways";
import { Section } from "../editor/Section";
import { untold } from "../frame/report";
import { useAnnounce } from "../shared/Announcer";
import { answerOf } from "../shared/actionResults";
import { capitalized } from "../shared/capitalized";
import { FailureWords } from "../shared/FailureWords";
import { fetchOwn, usePolling, useSilence } from "../shared/usePolling";
import { GatewayItem } from "./GatewayItem";
import type { Forget } from "./settingsResults";

const EVERY_MS = 3_000;

/** Every gateway there is, as it is now. */
export function Gateways({ report: given, onForget }: { report: GatewaysReport; onForget: Forget }) {
  const { report, silence, ask } = useReport(given);
  const announce = useAnnounce();
  const [failure, setFailure] = useState("");
  const forget = async (id: string) => {
    setFailure("");
    const result = await answerOf(onForget(id));
    if (result.ok) announce(`${id} is forgotten.`);
    else setFailure(result.message);
    await ask(new AbortController().signal);
  };
  const { gateways, newest, foreign, isShared } = report;
  return (
    <Box>
      <Typography variant="h2" sx={{ mb: 2 }}>
        Gateways
      </Typography>
      <Stack spacing={2}>
        {failure && (
          <Alert severity="error" onClose={() => setFailure("")}>
            <FailureWords>{failure}</FailureWords>
          </Alert>
        )}
        {silence && (
          <Alert severity="warning" role="status">
            {capitalized(untold(silence))}, so this is how they were.
          </Alert>
        )}
        {foreign.length > 0 && <Foreign ids={foreign} />}
        <Section
          title={gateways.length === 1 ? "1 gateway" : `${gateways.length} gateways`}
          text={
            isShared
              ? "Each says by itself that it is there. One that has been silent for an hour is forgotten."
              : "With SQLite there is the one that the publisher is told of. Several share a PostgreSQL database."
          }
        >
          {gateways.length === 0 && (
            <Typography variant="body2">No gateway is there: callers get no answer.</Typography>
          )}
          {gateways.length > 0 && (
            <Box component="ul" aria-label="Gateways" sx={{ listStyle: "none", m: 0, p: 0 }}>
              {gateways.map((gateway) => (
                <GatewayItem
                  key={gateway.id}
                  gateway={gateway}
                  newest={newest}
                  onForget={isShared && gateway.silent !== null ? () => forget(gateway.id) : undefined}
                />
              ))}
            </Box>
          )}
        </Section>
      </Stack>
    </Box>
  );
}

function Foreign({ ids }: { ids: readonly string[] }) {
  return (
    <Alert severity="warning" role="status">
      Not believed, since no gateway with this installation's secret wrote it: {inShort(ids)}. Give every
      gateway the same SLUICE_SECRET. If none of yours has this id, somebody else wrote it into the database.
    </Alert>
  );
}

/** What the page came with, and then what is asked for while it is looked at. */
function useReport(given: GatewaysReport) {
  const [polled, setPolled] = useState<{ given: GatewaysReport; report: GatewaysReport } | null>(null);
  const { silence, heard } = useSilence();
  const ask = useCallback(
    async (signal: AbortSignal) => {
      const report = await fetchOwn<GatewaysReport>("/settings/gateways/status", signal);
      if (signal.aborted) return;
      heard(report);
      if (report !== undefined && typeof report !== "string") setPolled({ given, report });
    },
    [given, heard],
  );
  usePolling(ask, EVERY_MS);
  return { report: polled?.given === given ? polled.report : given, silence, ask };
}
