"use client";
import Alert from "@mui/material/Alert";
import CircularProgress from "@mui/material/CircularProgress";
import Stack from "@mui/material/Stack";
import type { ApiDefinition } from "#lib/api";
import { CopyLine } from "../shared/CopyLine";
import { invocation } from "./invocation";
import { useLive } from "./LiveContext";

/** What became of the deployment that was made on this page. */
export function DeployNotice({ definition }: { definition: ApiDefinition }) {
  const { deployed, report, phase, follow } = useLive();
  if (!deployed || (report.live && report.live.revision > deployed.revision)) return null;
  const name = `r${deployed.revision}`;
  const close = () => follow(null);
  const { gateway } = report;

  if (phase === "unreachable") {
    return (
      <Alert severity="warning" role="status" onClose={close}>
        Saved and deployed as {name}, but the gateway does not answer; it will serve it as soon as it runs.
      </Alert>
    );
  }
  if (phase === "failed") {
    return (
      <Alert severity="error" role="alert" onClose={close}>
        Saved and deployed as {name}, but the gateway cannot serve it: {gateway?.api?.error}
      </Alert>
    );
  }
  if (phase !== "live" || report.live?.revision !== deployed.revision) {
    return (
      <Alert severity="info" role="status" icon={<CircularProgress size={18} aria-hidden />}>
        Deploying {name}
        {gateway?.databaseError && `: the gateway cannot see it yet. ${gateway.databaseError}`}
      </Alert>
    );
  }
  const url = gateway?.urls.http ?? gateway?.urls.https;
  const line = url ? invocation(definition, url) : null;
  return (
    <Alert
      severity="success"
      role="status"
      onClose={close}
      slotProps={{ message: { sx: { flex: 1, minWidth: 0 } } }}
    >
      <strong>Live: {name}</strong>
      {line && (
        <Stack spacing={0.75} sx={{ mt: 1 }}>
          <CopyLine text={line.url} label="invocation URL" />
          <CopyLine text={line.curl} label="curl command" />
        </Stack>
      )}
    </Alert>
  );
}
