"use client";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import type { Endpoint } from "#lib/endpoints";
import type { EndpointStatus } from "#lib/status";
import { endpointLabel } from "#lib/url";
import { useLive } from "../api/LiveContext";
import { Section } from "../editor/Section";
import { useAnnounce } from "../shared/Announcer";
import { ConfirmDialog } from "../shared/ConfirmDialog";
import { keyTypeTitles } from "../shared/keyTypes";
import { answerOf } from "../shared/results";
import type { Switch, Watched } from "./types";
import { WatchedEndpoint } from "./WatchedEndpoint";

interface Asked {
  watched: Watched;
  state: Endpoint["state"];
}

const isOn = ({ endpoint, operator }: Watched) => (operator?.state ?? endpoint.state) === "on";
const isDown = (status: EndpointStatus | undefined) =>
  status?.state === "suspended" || status?.state === "checkFailing";

/** Every endpoint that is live, by group, with its switches. */
export function WatchedList({
  id,
  endpoints,
  onSwitch,
}: {
  id: string;
  endpoints: Watched[];
  onSwitch: Switch;
}) {
  const announce = useAnnounce();
  const { report } = useLive();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [doubtful, setDoubtful] = useState<(Asked & { othersAreOn: boolean }) | null>(null);
  const [failure, setFailure] = useState("");
  const statuses = report.gateway?.api?.endpoints ?? [];
  const statusOf = (watched: Watched) => statuses.find((s) => s.id === watched.endpoint.id);
  const groups = new Map<string, Watched[]>();
  for (const watched of endpoints) {
    const key = `${watched.keyType} ${watched.resource ?? ""}`;
    groups.set(key, [...(groups.get(key) ?? []), watched]);
  }

  const send = async ({ watched, state }: Asked) => {
    setFailure("");
    setDoubtful(null);
    setAsked({ watched, state });
    const result = await answerOf(onSwitch(id, watched.endpoint.id, state));
    setAsked(null);
    const name = `${endpointLabel(watched.endpoint.url)}${watched.keyType === "sandbox" ? " (sandbox)" : ""}`;
    if (!result.ok) {
      const why = "message" in result ? result.message : "This endpoint is not live any more.";
      return setFailure(`${name} is as it was. ${why}`);
    }
    announce(`${name}: ${state}.`);
    if (!result.seen) setFailure(`${name} is switched, and the gateway follows as soon as it answers.`);
  };
  const ask = (group: Watched[], next: Asked) => {
    const others = group.filter((w) => w.endpoint.id !== next.watched.endpoint.id && isOn(w));
    const well = others.filter((w) => !isDown(statusOf(w)));
    if (next.state !== "on" && isOn(next.watched) && well.length === 0) {
      setDoubtful({ ...next, othersAreOn: others.length > 0 });
    } else void send(next);
  };

  return (
    <Section
      title="Endpoints"
      text="What is switched here takes effect at once, stays so across deployments, and is in the audit list."
    >
      {failure && (
        <Alert severity="warning" onClose={() => setFailure("")}>
          {failure}
        </Alert>
      )}
      {[...groups].map(([key, group]) => {
        const total = group.reduce((sum, watched) => sum + (statusOf(watched)?.lastMinute ?? 0), 0);
        const [{ keyType, resource } = group[0]!] = group;
        const title = `${keyTypeTitles[keyType]}${resource ? `, only ${resource}` : ""}`;
        return (
          <div key={key}>
            <Typography variant="subtitle2" component="h4" sx={{ fontWeight: 600 }}>
              {title}
            </Typography>
            <Box component="ul" aria-label={`${title} endpoints`} sx={{ listStyle: "none", m: 0, p: 0 }}>
              {group.map((watched) => {
                const status = statusOf(watched);
                return (
                  <WatchedEndpoint
                    key={watched.endpoint.id}
                    watched={watched}
                    status={status}
                    share={status && total > 0 ? status.lastMinute / total : null}
                    asked={asked?.watched.endpoint.id === watched.endpoint.id ? asked.state : null}
                    onSwitch={(state) => ask(group, { watched, state })}
                  />
                );
              })}
            </Box>
          </div>
        );
      })}
      <ConfirmDialog
        open={doubtful !== null}
        title={`${doubtful?.state === "draining" ? "Drain" : "Switch off"} the last endpoint${doubtful?.othersAreOn ? " that works" : ""}?`}
        text={
          doubtful?.othersAreOn
            ? "The others of this list are on, but down: callers get errors until one of them answers again."
            : "No other endpoint of this list takes new traffic: callers get 503 until one is switched on."
        }
        confirm={doubtful?.state === "off" ? "Switch off" : "Drain"}
        onConfirm={() => (doubtful ? send(doubtful) : undefined)}
        onClose={() => setDoubtful(null)}
      />
    </Section>
  );
}
