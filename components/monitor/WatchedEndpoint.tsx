"use client";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import type { Endpoint } from "#lib/edit/endpoints";
import { endpointLabel } from "#lib/model/url";
import type { EndpointStatus } from "#lib/status";
import { EndpointLive } from "../endpoints/list/EndpointLive";
import { lastMinuteWords, latencyWords } from "../endpoints/list/liveWords";
import { FailureWords } from "../shared/FailureWords";
import { LocalTime } from "../shared/LocalTime";
import { SoftButton } from "../shared/SoftButton";
import type { Watched } from "./watched";

const stateWords = { on: "On", draining: "Draining", off: "Off" } as const;
const ways: [Endpoint["state"], string][] = [
  ["on", "On"],
  ["draining", "Drain"],
  ["off", "Off"],
];

interface Props {
  watched: Watched;
  status: EndpointStatus | undefined;
  /** Of the last minute's attempts in its group, 0..1; null without any. */
  share: number | null;
  /** The state that was just asked for, until the server has answered. */
  asked: Endpoint["state"] | null;
  /** What became of the last switch, if not what was asked for. */
  failure: string;
  onFailureSeen: () => void;
  onSwitch: (state: Endpoint["state"]) => void;
}

export function WatchedEndpoint({ watched, status, share, asked, failure, onFailureSeen, onSwitch }: Props) {
  const { endpoint, operator } = watched;
  const name = endpointLabel(endpoint.url);
  const current = asked ?? operator?.state ?? endpoint.state;
  const shown = { ...endpoint, state: current };
  return (
    <Box component="li" aria-label={name} sx={row}>
      <Box sx={{ minWidth: 0 }}>
        <Typography sx={{ fontWeight: 600, overflowWrap: "anywhere" }}>{name}</Typography>
        <EndpointLive endpoint={shown} />
        {operator && (
          <Typography variant="body2" color="textSecondary">
            {stateWords[operator.state]} by {operator.author} since <LocalTime at={operator.since} />; the
            revision says {stateWords[endpoint.state].toLowerCase()}
          </Typography>
        )}
        {status?.lastError && (
          <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: "anywhere" }}>
            Last error: {status.lastError.words}, <LocalTime at={status.lastError.at} />
          </Typography>
        )}
      </Box>
      <Box component="dl" sx={facts}>
        <Fact term="Last 60 s" value={status ? attemptWords(status, share) : "–"} />
        <Fact term="Latency p50 / p99" value={latencyWords(status)} />
        <Fact term="In flight" value={status ? String(status.inFlight) : "–"} />
      </Box>
      <Box role="group" aria-label={`Switch ${name}`} sx={{ display: "flex", gap: 0.5 }}>
        {ways.map(([state, label]) => (
          <SoftButton
            key={state}
            size="small"
            variant={state === current ? "contained" : "outlined"}
            aria-pressed={state === current}
            aria-label={`${label} ${name}${watched.keyType === "sandbox" ? " (sandbox)" : ""}`}
            needs="api.deploy"
            off={state === current || asked !== null}
            // What is chosen cannot be pressed, and is no less for that.
            sx={state === current ? { "&&[aria-disabled=true]": { opacity: 1 } } : undefined}
            onClick={() => onSwitch(state)}
          >
            {label}
          </SoftButton>
        ))}
      </Box>
      {failure && (
        <Alert severity="warning" onClose={onFailureSeen} sx={{ gridColumn: "1 / -1" }}>
          <FailureWords>{failure}</FailureWords>
        </Alert>
      )}
    </Box>
  );
}

function attemptWords(status: EndpointStatus, share: number | null): string {
  const words = lastMinuteWords(status);
  return share === null ? words : `${words}, ${Math.round(share * 100)}\u00a0%`;
}

function Fact({ term, value }: { term: string; value: string }) {
  return (
    <div>
      <Box component="dt" sx={{ color: "text.secondary", typography: "caption" }}>
        {term}
      </Box>
      <Box component="dd" sx={{ m: 0, fontVariantNumeric: "tabular-nums" }}>
        {value}
      </Box>
    </div>
  );
}

const row = {
  display: "grid",
  gridTemplateColumns: { xs: "minmax(0, 1fr)", md: "minmax(0, 1.2fr) minmax(0, 1.4fr) auto" },
  alignItems: "center",
  gap: 1.5,
  py: 1.5,
  borderBottom: 1,
  borderColor: "divider",
};
const facts = {
  display: "grid",
  // The same in every row.
  gridTemplateColumns: "minmax(0, 1.2fr) minmax(0, 1.2fr) minmax(0, 0.6fr)",
  columnGap: 2,
  m: 0,
  typography: "body2",
};
