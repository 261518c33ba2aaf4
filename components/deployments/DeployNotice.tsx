"use client";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import CircularProgress from "@mui/material/CircularProgress";
import Link from "@mui/material/Link";
import NextLink from "next/link";
import type { ApiDefinition } from "#lib/edit/api";
import { useLive } from "../frame/LiveContext";
import { fleetWords, untoldBy } from "../frame/report";
import { InvocationLines } from "../overview/InvocationLines";
import { invocation } from "../overview/invocationUrls";

/** What became of the deployment that was made on this page. */
export function DeployNotice({ definition, brief = false }: { definition: ApiDefinition; brief?: boolean }) {
  const { id, deployed, report, phase, follow } = useLive();
  if (!deployed || (report.live && report.live.revision > deployed.revision)) return null;
  const name = `r${deployed.revision}`;
  const close = () => follow(null);
  const { gateway } = report;
  const fleet = fleetWords(report, deployed.generation);

  if (phase === "unreachable") {
    return (
      <Alert severity="warning" role="status" onClose={close}>
        Saved and deployed as {name}, but {untoldBy(report)};{" "}
        {report.silence ? "whether it is served is not known." : "it will serve it as soon as it runs."}
      </Alert>
    );
  }
  if (phase === "failed") {
    return (
      <Alert severity="error" role="alert" onClose={close}>
        Saved and deployed as {name}, but the gateway cannot serve it: {gateway?.api?.error}
        {gateway?.api?.revision ? ` r${gateway.api.revision} goes on serving.` : " Callers get 404."}
      </Alert>
    );
  }
  const isServed = phase === "live" || phase === "partly";
  if (!isServed || report.live?.revision !== deployed.revision)
    return <Waiting name={name} databaseError={gateway?.databaseError ?? null} />;
  if (fleet?.missing) return <Partly name={name} {...fleet} onClose={close} />;
  // Whoever goes on editing needs the room, and the line under the title says the same.
  if (brief) return null;
  const line = gateway && invocation(definition, gateway.urls);
  return (
    <Alert
      severity="success"
      role="presentation"
      onClose={close}
      slotProps={{ message: { sx: { flex: 1, minWidth: 0 } } }}
    >
      {/* Alone: nobody wants to hear a token read aloud. */}
      <span role="status">
        <strong>
          {fleet ? `Live on ${fleet.served} of ${fleet.total} gateways: ${name}` : `Live: ${name}`}
        </strong>
      </span>
      {line && (
        <>
          <Link component={NextLink} href={`/apis/${id}#invocation`} sx={{ ml: 2 }}>
            How it is called
          </Link>
          <Box sx={{ display: { xs: "none", sm: "block" }, mt: 1 }}>
            <InvocationLines line={line} brief />
          </Box>
        </>
      )}
    </Alert>
  );
}

interface PartlyProps {
  name: string;
  served: number;
  total: number;
  missing: string;
  onClose: () => void;
}

function Partly({ name, served, total, missing, onClose }: PartlyProps) {
  return (
    <Alert severity="warning" role="status" onClose={onClose}>
      <strong>
        {name} is live on {served} of {total} gateways:
      </strong>{" "}
      {missing}.
    </Alert>
  );
}

function Waiting({ name, databaseError }: { name: string; databaseError: string | null }) {
  return (
    <Alert severity="info" role="status" icon={<CircularProgress size={18} aria-hidden />}>
      Deploying {name}
      {databaseError && `: the gateway cannot see it yet. ${databaseError}`}
    </Alert>
  );
}
