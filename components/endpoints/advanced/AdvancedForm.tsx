"use client";
import MenuItem from "@mui/material/MenuItem";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import { type FormEvent, useState } from "react";
import { EndpointSettings, settingsProblems } from "#lib/schemas/endpointGroup";
import { FieldGroup } from "../../editor/FieldGroup";
import { NumberField } from "../../editor/NumberField";
import { useShowWrong } from "../../shared/useShowWrong";
import { ErrorClassSelect } from "./ErrorClassSelect";
import { TlsFields } from "./TlsFields";

interface Props {
  settings: EndpointSettings;
  onSave: (settings: EndpointSettings) => void;
}

const fieldIds: Record<string, string> = {
  "suspension/initialMs": "initial-duration-input",
  "suspension/maxMs": "max-duration-input",
  "suspension/factor": "factor-input",
  "timeout/retriesBeforeSuspension": "retries-input",
  "timeout/retryDelayMs": "retry-delay-input",
  responseTimeoutMs: "duration-input",
};

export function AdvancedForm({ settings, onSave }: Props) {
  const [form, setForm] = useState(settings);
  const showWrong = useShowWrong();
  const problems = settingsProblems(form);
  const problemAt = (path: string) => problems.get(path);
  const change = (next: Partial<EndpointSettings>) => setForm({ ...form, ...next });

  const save = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    const [first] = problems.keys();
    if (first === undefined) onSave(EndpointSettings.parse(form));
    else showWrong(fieldIds[first] ?? "");
  };

  return (
    <Stack component="form" id="advanced-form" noValidate onSubmit={save} spacing={3}>
      <SuspensionFields value={form} problemAt={problemAt} onChange={change} />
      <TimeoutFields value={form} problemAt={problemAt} onChange={change} />
      <ConnectionFields value={form} problemAt={problemAt} onChange={change} />
      <TlsFields value={form} onChange={change} />
    </Stack>
  );
}

interface PartProps {
  value: EndpointSettings;
  problemAt: (path: string) => string | undefined;
  onChange: (change: Partial<EndpointSettings>) => void;
}

function SuspensionFields({ value: { suspension }, problemAt, onChange }: PartProps) {
  const suspend = (change: Partial<typeof suspension>) =>
    onChange({ suspension: { ...suspension, ...change } });
  return (
    <FieldGroup
      heading="h3"
      title="Endpoint Suspension State"
      text="A failing endpoint gets no traffic for this long."
    >
      <ErrorClassSelect
        id="err-code-select"
        label="Error codes that suspend"
        none="All that are not in the timeout state's list"
        value={suspension.errorCodes}
        onChange={(errorCodes) => suspend({ errorCodes })}
      />
      <NumberField
        id="initial-duration-input"
        label="Initial Duration (ms)"
        fallback="30000"
        helper="0 never suspends."
        value={suspension.initialMs}
        problem={problemAt("suspension/initialMs")}
        onChange={(initialMs) => suspend({ initialMs })}
      />
      <NumberField
        id="max-duration-input"
        label="Max Duration (ms)"
        fallback="86400000"
        value={suspension.maxMs}
        problem={problemAt("suspension/maxMs")}
        onChange={(maxMs) => suspend({ maxMs })}
      />
      <NumberField
        id="factor-input"
        label="Factor"
        fallback="1"
        helper="Each suspension in a row lasts this many times the last."
        decimals
        value={suspension.factor}
        problem={problemAt("suspension/factor")}
        onChange={(factor) => suspend({ factor })}
      />
    </FieldGroup>
  );
}

function TimeoutFields({ value: { timeout }, problemAt, onChange }: PartProps) {
  const mark = (change: Partial<typeof timeout>) => onChange({ timeout: { ...timeout, ...change } });
  return (
    <FieldGroup
      heading="h3"
      title="Endpoint Timeout State"
      text="Failures that are tolerated for a while before they suspend."
    >
      <ErrorClassSelect
        id="timeout-err-code-select"
        label="Error codes that time out"
        none="Response timed out, Connection closed"
        value={timeout.errorCodes}
        onChange={(errorCodes) => mark({ errorCodes })}
      />
      <NumberField
        id="retries-input"
        label="Retries Before Suspension"
        fallback="0"
        value={timeout.retriesBeforeSuspension}
        problem={problemAt("timeout/retriesBeforeSuspension")}
        onChange={(retriesBeforeSuspension) => mark({ retriesBeforeSuspension })}
      />
      <NumberField
        id="retry-delay-input"
        label="Retry Delay (ms)"
        fallback="0"
        value={timeout.retryDelayMs}
        problem={problemAt("timeout/retryDelayMs")}
        onChange={(retryDelayMs) => mark({ retryDelayMs })}
      />
    </FieldGroup>
  );
}

function ConnectionFields({ value, problemAt, onChange }: PartProps) {
  return (
    <FieldGroup
      heading="h3"
      title="Connection Timeout"
      text="How long to wait for an answer, and what the caller gets then."
    >
      <TextField
        select
        id="action-select"
        label="Action"
        value={value.action ?? "fault"}
        helperText={
          value.action === "discard"
            ? "The connection is closed without a reply; no other endpoint is tried."
            : "Another endpoint is tried, else the caller gets an error."
        }
        onChange={(event) => onChange({ action: event.target.value === "discard" ? "discard" : null })}
      >
        <MenuItem value="fault">Execute Fault Sequence</MenuItem>
        <MenuItem value="discard">Discard Message</MenuItem>
      </TextField>
      <NumberField
        id="duration-input"
        label="Duration (ms)"
        fallback="30000"
        value={value.responseTimeoutMs}
        problem={problemAt("responseTimeoutMs")}
        onChange={(responseTimeoutMs) => onChange({ responseTimeoutMs })}
      />
    </FieldGroup>
  );
}
