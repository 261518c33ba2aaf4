"use client";
import Paper from "@mui/material/Paper";
import Typography from "@mui/material/Typography";
import { type ApiDefinition, basePath } from "#lib/edit/api";
import { useLive } from "../frame/LiveContext";
import { type LiveReport, untold } from "../frame/report";
import { capitalized } from "../shared/capitalized";
import { InvocationLines } from "./InvocationLines";
import { invocation } from "./invocationUrls";

/** How what is live is called. */
export function Invocation({ definition }: { definition: ApiDefinition }) {
  const { report } = useLive();
  const { gateway } = report;
  const why = whyNotHere(report, basePath(definition));
  const line = gateway && why === null ? invocation(definition, gateway.urls) : null;
  return (
    <Paper
      variant="outlined"
      component="section"
      id="invocation"
      aria-labelledby="invocation-title"
      sx={{ p: 2.5, scrollMarginTop: 16 }}
    >
      <Typography variant="h3" id="invocation-title" gutterBottom>
        Invocation URL
      </Typography>
      {line ? (
        <InvocationLines line={line} />
      ) : (
        <Typography variant="body2" color="textSecondary">
          {why ?? "The gateway has no port for the transports of this API."}
        </Typography>
      )}
    </Paper>
  );
}

/** Why the gateway may not answer at `path`; null where it does. */
function whyNotHere({ gateway, silence }: LiveReport, path: string): string | null {
  if (!gateway) {
    const soon = silence ? "" : " It serves this API as soon as it runs.";
    return `${capitalized(untold(silence))}, so the gateway's address is not known.${soon}`;
  }
  const { api } = gateway;
  // What serves in place of a revision that cannot may answer elsewhere.
  if (!api?.error || api.basePath === path) return null;
  return api.revision === null ? "Callers get 404 now." : `r${api.revision} is served at ${api.basePath}.`;
}
