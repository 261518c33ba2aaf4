"use client";
import Paper from "@mui/material/Paper";
import Typography from "@mui/material/Typography";
import type { ApiDefinition } from "#lib/api";
import { capitalized } from "../shared/capitalized";
import { InvocationLines } from "./InvocationLines";
import { invocation } from "./invocation";
import { useLive } from "./LiveContext";
import { untold } from "./report";

/** How what is live is called. */
export function Invocation({ definition }: { definition: ApiDefinition }) {
  const { gateway, silence } = useLive().report;
  const line = gateway && invocation(definition, gateway.urls);
  return (
    <Paper variant="outlined" component="section" aria-labelledby="invocation-title" sx={{ p: 2.5 }}>
      <Typography variant="h3" id="invocation-title" gutterBottom>
        Invocation URL
      </Typography>
      {line ? (
        <InvocationLines line={line} />
      ) : (
        <Typography variant="body2" color="textSecondary">
          {gateway
            ? "The gateway has no port for the transports of this API."
            : `${capitalized(untold(silence))}, so the gateway's address is not known.${silence ? "" : " It serves this API as soon as it runs."}`}
        </Typography>
      )}
    </Paper>
  );
}
