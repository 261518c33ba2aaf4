"use client";
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import type { Endpoint } from "#lib/edit/endpoints";
import { endpointLabel } from "#lib/model/url";
import type { EndpointState, EndpointStatus } from "#lib/status";
import { Section } from "../editor/Section";
import { isDown } from "../endpoints/list/liveWords";
import { useLive } from "../frame/LiveContext";
import { useAnnounce } from "../shared/Announcer";
import { answerOf } from "../shared/actionResults";
import { ConfirmDialog } from "../shared/ConfirmDialog";
import { keyTypeTitles } from "../shared/keyTypes";
import { WatchedEndpoint } from "./WatchedEndpoint";
import type { Switch, Watched } from "./watched";

interface Asked {
  watched: Watched;
  state: Endpoint["state"];
}

const isOn = ({ endpoint, operator }: Watched) => (operator?.state ?? endpoint.state) === "on";

/** More rows than these are not seen at once on a phone. */
const MAX_AT_A_GLANCE = 3;
const MAX_NAMED = 3;

const stateNames: [EndpointState, string][] = [
  ["suspended", "suspended"],
  ["checkFailing", "failing the health check"],
  ["halfOpen", "down before, tried with the next request"],
  ["failing", "failing"],
  ["up", "up"],
  ["notChecked", "not checked"],
  ["draining", "draining"],
  ["off", "off"],
];

/** "2 suspended (a, b), 9 up, 1 off". */
function inShort(group: [Watched, EndpointStatus | undefined][]): string {
  const parts = stateNames.flatMap(([state, words]) => {
    const those = group.filter(([, status]) => status?.state === state);
    if (those.length === 0) return [];
    const ill = isDown(state) || state === "failing" || state === "halfOpen";
    const names = those.map(([{ endpoint }]) => endpointLabel(endpoint.url));
    const more = names.length > MAX_NAMED ? `, and ${names.length - MAX_NAMED} more` : "";
    return `${those.length} ${words}${ill ? ` (${names.slice(0, MAX_NAMED).join(", ")}${more})` : ""}`;
  });
  return parts.join(", ");
}

interface Props {
  id: string;
  endpoints: Watched[];
  onSwitch: Switch;
}

/** Every endpoint that is live, by group, with its switches. */
export function WatchedList({ id, endpoints, onSwitch }: Props) {
  const statuses = useLive().report.gateway?.api?.endpoints ?? [];
  const statusOf = (watched: Watched) => statuses.find((s) => s.id === watched.endpoint.id);
  const switching = useSwitching(id, onSwitch, statusOf);
  const groups = new Map<string, Watched[]>();
  for (const watched of endpoints) {
    const key = `${watched.keyType} ${watched.resource ?? ""}`;
    groups.set(key, [...(groups.get(key) ?? []), watched]);
  }
  return (
    <Section
      title="Endpoints"
      text="What is switched here takes effect at once, stays so across deployments, and is in the audit list."
    >
      {[...groups].map(([key, group]) => (
        <Group key={key} group={group} statusOf={statusOf} switching={switching} />
      ))}
      <DoubtDialog switching={switching} />
    </Section>
  );
}

type StatusOf = (watched: Watched) => EndpointStatus | undefined;

/** Switches an endpoint, after a question where no other one of its list would serve. */
function useSwitching(id: string, onSwitch: Switch, statusOf: StatusOf) {
  const announce = useAnnounce();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [doubtful, setDoubtful] = useState<(Asked & { othersAreOn: boolean }) | null>(null);
  /** Told beside its endpoint: the beginning of the list may be far away. */
  const [failure, setFailure] = useState<{ id: string; text: string } | null>(null);

  const send = async ({ watched, state }: Asked) => {
    setFailure(null);
    setDoubtful(null);
    setAsked({ watched, state });
    const result = await answerOf(onSwitch(id, watched.endpoint.id, state));
    setAsked(null);
    const name = `${endpointLabel(watched.endpoint.url)}${watched.keyType === "sandbox" ? " (sandbox)" : ""}`;
    if (!result.ok) {
      const why = "message" in result ? result.message : "This endpoint is not live any more.";
      return setFailure({ id: watched.endpoint.id, text: `${name} is as it was. ${why}` });
    }
    announce(`${name}: ${state}.`);
    if (!result.seen) {
      const text = `${name} is switched, and the gateway follows as soon as it answers.`;
      setFailure({ id: watched.endpoint.id, text });
    }
  };
  const ask = (group: Watched[], next: Asked) => {
    const others = group.filter((w) => w.endpoint.id !== next.watched.endpoint.id && isOn(w));
    const well = others.filter((w) => !isDown(statusOf(w)?.state));
    if (next.state !== "on" && isOn(next.watched) && well.length === 0) {
      setDoubtful({ ...next, othersAreOn: others.length > 0 });
    } else void send(next);
  };
  return { asked, doubtful, setDoubtful, failure, setFailure, send, ask };
}

type Switching = ReturnType<typeof useSwitching>;

interface GroupProps {
  group: Watched[];
  statusOf: StatusOf;
  switching: Switching;
}

function Group({ group, statusOf, switching }: GroupProps) {
  const { asked, failure, setFailure, ask } = switching;
  const total = group.reduce((sum, watched) => sum + (statusOf(watched)?.lastMinute ?? 0), 0);
  const [{ keyType, resource } = group[0]!] = group;
  const title = `${keyTypeTitles[keyType]}${resource ? `, only ${resource}` : ""}`;
  return (
    <div>
      <Typography variant="subtitle2" component="h4" sx={{ fontWeight: 600 }}>
        {title}
      </Typography>
      {group.length > MAX_AT_A_GLANCE && (
        <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: "anywhere" }}>
          {inShort(group.map((watched) => [watched, statusOf(watched)]))}
        </Typography>
      )}
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
              failure={failure?.id === watched.endpoint.id ? failure.text : ""}
              onFailureSeen={() => setFailure(null)}
              onSwitch={(state) => ask(group, { watched, state })}
            />
          );
        })}
      </Box>
    </div>
  );
}

function DoubtDialog({ switching: { doubtful, setDoubtful, send } }: { switching: Switching }) {
  return (
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
  );
}
