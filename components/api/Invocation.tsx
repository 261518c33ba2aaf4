"use client";
import Paper from "@mui/material/Paper";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import type { ApiDefinition } from "#lib/api";
import { CopyLine } from "../shared/CopyLine";
import { invocation } from "./invocation";
import { useLive } from "./LiveContext";

export function Invocation({ definition }: { definition: ApiDefinition }) {
  const { gateway } = useLive().report;
  const base = gateway?.urls.http ?? gateway?.urls.https;
  const line = base ? invocation(definition, base) : null;
  return (
    <Paper variant="outlined" sx={{ p: 2.5 }}>
      <Typography variant="h3" gutterBottom>
        Invocation URL
      </Typography>
      {line ? (
        <Stack spacing={1}>
          <CopyLine text={line.url} label="invocation URL" />
          <CopyLine text={line.curl} label="curl command" />
        </Stack>
      ) : (
        <Typography variant="body2" color="textSecondary">
          The gateway does not answer, so its address is not known. It serves this API as soon as it runs.
        </Typography>
      )}
    </Paper>
  );
}
