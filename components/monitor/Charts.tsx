"use client";
import Skeleton from "@mui/material/Skeleton";
import Stack from "@mui/material/Stack";
import ToggleButton from "@mui/material/ToggleButton";
import ToggleButtonGroup from "@mui/material/ToggleButtonGroup";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import type { KeyType } from "#lib/endpoints";
import type { ApiHistory } from "#lib/status";
import { endpointLabel } from "#lib/url";
import { useLive } from "../api/LiveContext";
import { untold } from "../api/report";
import { Section } from "../editor/Section";
import { swatch } from "../endpoints/swatch";
import { capitalized } from "../shared/capitalized";
import { LocalTime } from "../shared/LocalTime";
import { Chart } from "./Chart";
import { useHistory } from "./useHistory";

const choices = { both: "Both", production: "Production", sandbox: "Sandbox" };
type Choice = keyof typeof choices;

/** The last hour in pictures, each with its numbers as text. */
export function Charts({ id }: { id: string }) {
  const [choice, setChoice] = useState<Choice>("both");
  const keyType: KeyType | null = choice === "both" ? null : choice;
  const history = useHistory(id, keyType);
  const { report } = useLive();
  const { gateway } = report;
  const began = Date.parse(gateway?.startedAt ?? "");
  const startedWithin = began > Date.parse(history?.points[0]?.at ?? "");
  const toggle = (
    <ToggleButtonGroup
      exclusive
      size="small"
      color="primary"
      value={choice}
      aria-label="Key type"
      onChange={(_event, next: Choice | null) => next && setChoice(next)}
    >
      {Object.entries(choices).map(([key, label]) => (
        <ToggleButton key={key} value={key}>
          {label}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
  return (
    <Section title="The last hour" action={toggle}>
      {history === undefined && (
        <Skeleton variant="rounded" height={560} aria-label="Loading the last hour" />
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
          The gateway has counted since its start, <LocalTime at={new Date(began).toISOString()} />. What was
          before is in its access log only.
        </Typography>
      )}
      {history && (
        <Pictures history={history} noneSince={startedWithin ? "since then" : "in the last hour"} />
      )}
    </Section>
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

function Pictures({ history, noneSince }: { history: ApiHistory; noneSince: string }) {
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
        stacked
        series={classes
          .map((c) => ({ label: classNames[c], color: colours[c], data: points.map((p) => p.answers[c]) }))
          .concat({
            label: "Refused",
            color: "var(--mui-palette-primary-main)",
            data: points.map((p) => p.refused),
          })
          .filter(({ label, data }) => label === "2xx" || data.some((n) => n > 0))}
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
        stacked
        series={endpoints.map((e, i) => ({
          label: `${endpointLabel(e.url)}${e.keyType === "sandbox" ? " (sandbox)" : ""}${e.live ? "" : " (removed)"}`,
          color: swatch(i).backgroundColor,
          data: e.attempts,
        }))}
      />
      <Chart
        title="Retries in 30 s"
        unit="retries"
        times={times}
        stacked
        series={[
          { label: "Retries", color: "var(--mui-palette-warning-main)", data: points.map((p) => p.retries) },
        ]}
      />
    </Stack>
  );
}
