"use client";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import { type CSSProperties, useEffect, useMemo, useState } from "react";
import { type EndpointGroup, MAX_WEIGHT } from "#lib/edit/endpoints";
import { builtInOf } from "#lib/traffic/algorithms";
import { nextRequests, PREVIEW_CLIENTS, type Step } from "#lib/traffic/simulate";
import { useAnnounce } from "../../shared/Announcer";
import { COUNT, type NextRequestsProps } from "./listedRequests";
import { hasWeights, namesOf } from "./plan";
import { swatch } from "./swatch";

const STEP_MS = 450;
/** More lanes than this are no picture: then only those that get something. */
const MAX_LANES = 8;

/** A lane for each endpoint to look at, and a list to read. */
export function Requests({ group, out }: NextRequestsProps) {
  const preview = useMemo(() => nextRequests(group, COUNT, out), [group, out]);
  const names = useMemo(() => namesOf(group), [group]);
  const playback = usePlayback();
  const announce = useAnnounce();
  if (group.routing === "loadBalanced" && !hasWeights(group)) {
    return (
      <Typography variant="body2" color="textSecondary" sx={{ my: 1 }}>
        They are shown as soon as every weight is a number from 0 to {MAX_WEIGHT}.
      </Typography>
    );
  }
  if (!preview) {
    return (
      <Typography variant="body2" color="textSecondary" sx={{ my: 1 }}>
        A custom algorithm picks in the gateway only. Try Out shows where requests really go.
      </Typography>
    );
  }
  const { steps } = preview;
  const { shown } = playback;
  const words = steps.map((step) => wordsOf(step, names));
  const say = (place: number) => {
    if (words[place]) announce(`${place + 1}. ${words[place]}`);
  };
  return (
    <>
      <Buttons playback={playback} onStep={say} />
      <Typography variant="caption" color="textSecondary" component="p">
        {[...remarks(group, steps), preview.example && exampleOf(group)].filter(Boolean).join(" ")}
      </Typography>
      <Lanes group={group} steps={steps} shown={shown} names={names} />
      <Box component="ol" aria-label={`Next ${COUNT} requests`} sx={listStyle} style={longestOf(words)}>
        {words.map((text, i) => (
          // What is to come has its room already: nothing moves with a step.
          // biome-ignore lint/suspicious/noArrayIndexKey: places in a row
          <li key={i} style={i < shown ? undefined : { visibility: "hidden" }}>
            {text}
          </li>
        ))}
      </Box>
    </>
  );
}

/** How many of the requests are shown: all, or as many as were stepped through. */
function usePlayback() {
  const [shown, setShown] = useState(COUNT);
  const [playing, setPlaying] = useState(false);
  useEffect(() => {
    if (!playing) return;
    const timer = setInterval(() => setShown((n) => n + 1), STEP_MS);
    return () => clearInterval(timer);
  }, [playing]);
  if (playing && shown >= COUNT) setPlaying(false);
  const toggle = () => {
    if (!playing && shown >= COUNT) setShown(0);
    setPlaying(!playing);
  };
  return { shown, setShown, playing, toggle };
}

interface ButtonsProps {
  playback: ReturnType<typeof usePlayback>;
  /** To the request at a place, counted from 0. */
  onStep: (place: number) => void;
}

function Buttons({ playback, onStep }: ButtonsProps) {
  const { shown, setShown, playing, toggle } = playback;
  const step = () => {
    const next = shown >= COUNT ? 1 : shown + 1;
    setShown(next);
    onStep(next - 1);
  };
  return (
    <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1, my: 1 }}>
      <Button
        size="small"
        variant="outlined"
        // Whoever wants no motion steps.
        sx={{ "@media (prefers-reduced-motion: reduce)": { display: "none" } }}
        onClick={toggle}
      >
        {playing ? "Pause" : "Play"}
      </Button>
      <Button size="small" onClick={step}>
        Step
      </Button>
      <Button size="small" onClick={() => setShown(COUNT)}>
        Show all
      </Button>
    </Box>
  );
}

interface LanesProps {
  group: EndpointGroup;
  steps: readonly Step[];
  shown: number;
  names: ReadonlyMap<string, string>;
}

function Lanes({ group, steps, shown, names }: LanesProps) {
  const all = group.endpoints.map((endpoint, place) => ({ endpoint, place }));
  const lanes =
    all.length <= MAX_LANES
      ? all
      : all.filter(({ endpoint }) => steps.some((s) => s.endpoint === endpoint.id));
  return (
    <Box aria-hidden sx={lanesStyle} style={longestOf([...names.values()])}>
      {lanes.map(({ endpoint, place }) => (
        <div key={endpoint.id}>
          <span>{names.get(endpoint.id)}</span>
          <p>
            {steps.map((step, i) => {
              const lit = i < shown && step.endpoint === endpoint.id;
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: places in a row
                <i key={i} style={lit ? swatch(place) : undefined}>
                  {lit && step.client !== null && <b>{clientName(step.client)}</b>}
                </i>
              );
            })}
          </p>
        </div>
      ))}
    </Box>
  );
}

function wordsOf({ endpoint, client, pinned }: Step, names: ReadonlyMap<string, string>): string {
  const name = endpoint === null ? "no endpoint (503)" : names.get(endpoint)!;
  if (client === null) return name;
  return `Client ${clientName(client)}${pinned ? " stays" : ""}: ${name}`;
}

/** For columns as wide as their words. */
const longestOf = (words: readonly string[]) =>
  ({ "--longest": `${Math.max(...words.map((w) => w.length))}ch` }) as CSSProperties;

const clientName = (client: number) => String.fromCharCode(65 + client);

/** What the picture takes for granted. */
function remarks(group: EndpointGroup, steps: readonly Step[]): string[] {
  if (steps[0]?.client === null) return ["One after the other, with nothing else under way."];
  const clients = `${PREVIEW_CLIENTS} clients send in turn.`;
  if (group.session.kind === "none") return [clients];
  return [`${clients} Each is balanced with its first request and then stays.`];
}

function exampleOf(group: EndpointGroup): string {
  switch (builtInOf(group.algorithm)?.name) {
    case "hash":
      return "An example: which client goes where depends on what is hashed; each always goes to the same.";
    case "fastestResponse":
      return "An example in which all answer equally fast: chance draws two, the faster one gets the request.";
    default:
      return "An example: chance decides each time, the shares above hold in the long run.";
  }
}

const lanesStyle = {
  display: "grid",
  gap: 0.75,
  my: 1,
  "& div": {
    display: "grid",
    gridTemplateColumns: { xs: "minmax(0, 1fr)", sm: "min(var(--longest) + 8px, 45%) minmax(0, 1fr)" },
    alignItems: "center",
  },
  "& span": { overflowWrap: "anywhere", pr: 1 },
  "& p": { display: "flex", gap: "3px", m: 0 },
  "& i": {
    flex: "0 1 14px",
    height: 14,
    display: "grid",
    placeItems: "center",
    borderRadius: 0.5,
    bgcolor: "action.hover",
    fontStyle: "normal",
  },
  "& b": {
    px: "2px",
    fontSize: 9,
    lineHeight: 1.1,
    borderRadius: 0.5,
    color: "#17212b",
    bgcolor: "#ffffffd9",
  },
};
const listStyle = {
  columns: "max(130px, var(--longest)) 4",
  // The numbers stand in it.
  columnGap: 4.5,
  my: 1,
  pl: 3.5,
  overflowWrap: "anywhere",
  "& li": { breakInside: "avoid" },
};
