"use client";
import Box from "@mui/material/Box";
import Skeleton from "@mui/material/Skeleton";
import Stack from "@mui/material/Stack";
import ToggleButton from "@mui/material/ToggleButton";
import ToggleButtonGroup from "@mui/material/ToggleButtonGroup";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import type { KeyType } from "#lib/edit/endpoints";
import { endpointLabel } from "#lib/model/url";
import type { ApiHistory } from "#lib/status";
import { Section } from "../editor/Section";
import { swatch } from "../endpoints/preview/swatch";
import { useLive } from "../frame/LiveContext";
import { untold } from "../frame/report";
import { capitalized } from "../shared/capitalized";
import { LocalTime } from "../shared/LocalTime";
import { Chart } from "./Chart";
import { useHistory } from "./useHistory";

const choices = { both: "Both", production: "Production", sandbox: "Sandbox" };
type Choice = keyof typeof choices;

const spans = {
  hour: { label: "1 h", ms: 3_600_000, title: "The last hour", within: "the last hour" },
  minutes: { label: "10 min", ms: 600_000, title: "The last 10 minutes", within: "the last 10 minutes" },
};
const spanLabels = { hour: spans.hour.label, minutes: spans.minutes.label };
type Span = keyof typeof spans;

/** The last hour or its end in pictures, each with its numbers as text. */
export function Charts({ id }: { id: string }) {
  const [choice, setChoice] = useState<Choice>("both");
  const keyType: KeyType | null = choice === "both" ? null : choice;
  const [span, setSpan] = useState<Span>("hour");
  const { ms, title, within } = spans[span];
  const { report, chosen } = useLive();
  const told = useHistory(id, keyType, chosen);
  const history = told && endOf(told, ms);
  const { gateway } = report;
  const began = Date.parse(gateway?.startedAt ?? "");
  const startedWithin = began > Date.parse(history?.points[0]?.at ?? "");
  const ofSeveral = chosen === null && (report.fleet?.members.length ?? 0) > 1;
  const toggles = (
    <Box sx={{ display: "flex", flexWrap: "wrap", gap: 1 }}>
      <Toggles label="Time" value={span} choices={spanLabels} onChange={setSpan} />
      <Toggles label="Key type" value={choice} choices={choices} onChange={setChoice} />
    </Box>
  );
  return (
    <Section title={title} action={toggles}>
      {history === undefined && (
        <Skeleton role="status" variant="rounded" height={560} aria-label="Loading the last hour" />
      )}
      {history === null && (
        <Typography variant="body2">
          {gateway
            ? "The gateway does not serve this API, so it has nothing to tell of it."
            : `${capitalized(untold(report.silence))}, so the last hour is not known.`}
        </Typography>
      )}
      {history && startedWithin && (
        <Typography variant="body2" color="textSecondary">
          {ofSeveral
            ? "The last gateway to start counts since "
            : "The gateway has counted since its start, "}
          <LocalTime at={new Date(began).toISOString()} />. What was before is in its access log only.
        </Typography>
      )}
      {history && (
        <Pictures
          history={history}
          within={within}
          noneSince={startedWithin && !ofSeveral ? "since then" : `in ${within}`}
        />
      )}
    </Section>
  );
}

interface TogglesProps<T extends string> {
  label: string;
  value: T;
  choices: Record<T, string>;
  onChange: (value: T) => void;
}

function Toggles<T extends string>({ label, value, choices, onChange }: TogglesProps<T>) {
  return (
    <ToggleButtonGroup
      exclusive
      size="small"
      color="primary"
      value={value}
      aria-label={label}
      onChange={(_event, next: T | null) => next && onChange(next)}
    >
      {Object.entries<string>(choices).map(([key, words]) => (
        <ToggleButton key={key} value={key}>
          {words}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}

const classes = ["2xx", "3xx", "4xx", "5xx", "gone"] as const;
const classNames = { "2xx": "2xx", "3xx": "3xx", "4xx": "4xx", "5xx": "5xx", gone: "Caller left" };
const colours = {
  "2xx": "var(--mui-palette-success-main)",
  "3xx": "var(--mui-palette-secondary-main)",
  "4xx": "var(--mui-palette-warning-main)",
  "5xx": "var(--mui-palette-error-main)",
  gone: "var(--mui-palette-text-secondary)",
};

/** The last `ms` of it. */
function endOf({ slotMs, points, endpoints }: ApiHistory, ms: number): ApiHistory {
  const last = -Math.ceil(ms / slotMs);
  return {
    slotMs,
    points: points.slice(last),
    endpoints: endpoints.map((e) => ({
      ...e,
      attempts: e.attempts.slice(last),
      failures: e.failures.slice(last),
    })),
  };
}

/** Most endpoints with a colour of their own in one picture: `swatch` has six, and the rest is one more. */
const MAX_COLOURS = 6;

function endpointSeries(endpoints: ApiHistory["endpoints"]) {
  const totals = endpoints.map(({ attempts }) => attempts.reduce((sum, n) => sum + n, 0));
  const most = totals.map((_, i) => i).sort((a, b) => totals[b]! - totals[a]!);
  // By their places, as they stand in the list.
  const major = most
    .slice(0, endpoints.length > MAX_COLOURS ? MAX_COLOURS - 1 : MAX_COLOURS)
    .sort((a, b) => a - b);
  return endpoints.map((e, i) => {
    const place = major.indexOf(i);
    return {
      label: `${endpointLabel(e.url)}${e.keyType === "sandbox" ? " (sandbox)" : ""}${e.live ? "" : " (removed)"}`,
      data: e.attempts,
      ...(place < 0 ? { minor: true } : { color: swatch(place).backgroundColor }),
    };
  });
}

function answerSeries(points: ApiHistory["points"]) {
  return classes
    .map((c) => ({ label: classNames[c], color: colours[c], data: points.map((p) => p.answers[c]) }))
    .concat({
      label: "Refused",
      color: "var(--mui-palette-primary-main)",
      data: points.map((p) => p.refused),
    })
    .filter(({ label, data }) => label === "2xx" || data.some((n) => n > 0));
}

interface PicturesProps {
  history: ApiHistory;
  /** The time that is shown, as in "the last hour". */
  within: string;
  noneSince: string;
}

function Pictures({ history, within, noneSince }: PicturesProps) {
  const { points, endpoints } = history;
  const total = points.reduce((sum, p) => sum + classes.reduce((all, c) => all + p.answers[c], p.refused), 0);
  if (total === 0) {
    return (
      <Typography variant="body2">No requests {noneSince}. Overview shows how this API is called.</Typography>
    );
  }
  const times = points.map((p) => new Date(p.at));
  return (
    <Stack spacing={3}>
      <Chart
        title="Requests in 30 s, by answer"
        unit="requests"
        times={times}
        within={within}
        stacked
        series={answerSeries(points)}
      />
      {points.some((p) => p.refused > 0) && (
        <Typography variant="body2" color="textSecondary">
          Refused are requests without a valid token, or for a path, method or transport that this API does
          not have. For which key type they were is not known: they are under Both alone.
        </Typography>
      )}
      <Chart
        title="Latency"
        unit="ms"
        times={times}
        within={within}
        series={[
          { label: "p50", color: "var(--mui-palette-primary-main)", data: points.map((p) => p.p50) },
          { label: "p90", color: "var(--mui-palette-warning-main)", data: points.map((p) => p.p90) },
          { label: "p99", color: "var(--mui-palette-error-main)", data: points.map((p) => p.p99) },
        ]}
      />
      <Chart
        title="Attempts in 30 s, by endpoint"
        unit="attempts"
        times={times}
        within={within}
        stacked
        series={endpointSeries(endpoints)}
      />
      <Chart
        title="Retries in 30 s"
        unit="retries"
        times={times}
        within={within}
        stacked
        series={[
          { label: "Retries", color: "var(--mui-palette-warning-main)", data: points.map((p) => p.retries) },
        ]}
      />
    </Stack>
  );
}
