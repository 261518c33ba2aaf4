"use client";
import type { Limits } from "#lib/edit/api";
import { FieldGroup } from "../../editor/FieldGroup";
import { NumberField } from "../../editor/NumberField";
import type { ProblemAt } from "../../editor/problems";
import { durationWords } from "../../shared/durationWords";

interface Props {
  limits: Limits;
  onEdit: (change: Partial<Limits>, key: string) => void;
  onLeave: () => void;
  problemAt: ProblemAt;
}

const times: {
  key: "connectTimeoutMs" | "responseTimeoutMs" | "idleTimeoutMs" | "deadlineMs";
  label: string;
  helper: string;
}[] = [
  { key: "connectTimeoutMs", label: "Connect timeout (ms)", helper: "to an open connection" },
  {
    key: "responseTimeoutMs",
    label: "Response timeout (ms)",
    helper: "from there to the first of the answer",
  },
  { key: "idleTimeoutMs", label: "Idle timeout (ms)", helper: "between two pieces of a body" },
  { key: "deadlineMs", label: "Deadline (ms)", helper: "for all attempts together, until the answer begins" },
];

export function LimitFields({ limits, onEdit, onLeave, problemAt }: Props) {
  const number = (value: number | null) => value ?? Number.NaN;
  return (
    <FieldGroup title="Limits" text="Of every request to this API, production and sandbox.">
      {times.map(({ key, label, helper }) => (
        <NumberField
          key={key}
          id={`limits-${key}`}
          label={label}
          value={limits[key]}
          helper={
            limits[key] > limits.deadlineMs
              ? `${durationWords(limits[key])}: never reached, because the deadline comes before`
              : [durationWords(limits[key]), helper].filter(Boolean).join(" ")
          }
          problem={problemAt("limits", key)}
          onChange={(value) => onEdit({ [key]: number(value) }, key)}
          onLeave={onLeave}
        />
      ))}
      <NumberField
        id="limits-connectionLifetimeMs"
        label="Connection lifetime (ms)"
        helper={`${durationWords(limits.connectionLifetimeMs)}, then the next request opens a new one`}
        value={limits.connectionLifetimeMs}
        problem={problemAt("limits", "connectionLifetimeMs")}
        onChange={(value) => onEdit({ connectionLifetimeMs: number(value) }, "connectionLifetimeMs")}
        onLeave={onLeave}
      />
      <NumberField
        id="limits-maxBodyBytes"
        label="Largest request body (bytes)"
        fallback="no limit"
        value={limits.maxBodyBytes}
        problem={problemAt("limits", "maxBodyBytes")}
        onChange={(maxBodyBytes) => onEdit({ maxBodyBytes }, "maxBodyBytes")}
        onLeave={onLeave}
      />
      <NumberField
        id="limits-replayBytes"
        label="Kept for another attempt (bytes)"
        helper="A larger body is sent once and not tried again."
        value={limits.replayBytes}
        problem={problemAt("limits", "replayBytes")}
        onChange={(value) => onEdit({ replayBytes: number(value) }, "replayBytes")}
        onLeave={onLeave}
      />
    </FieldGroup>
  );
}
