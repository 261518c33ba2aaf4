"use client";
import FormControlLabel from "@mui/material/FormControlLabel";
import MenuItem from "@mui/material/MenuItem";
import Switch from "@mui/material/Switch";
import TextField from "@mui/material/TextField";
import type { EndpointGroup, GroupPolicy, HealthCheck, KeyType } from "#lib/edit/endpoints";
import { FieldGroup } from "../../editor/FieldGroup";
import { NumberField } from "../../editor/NumberField";
import type { ProblemAt } from "../../editor/problems";
import { titles } from "../fieldIds";

interface Props {
  keyType: KeyType;
  separate: boolean;
  group: EndpointGroup;
  onEdit: (policy: GroupPolicy, key: string) => void;
  onLeave: () => void;
  problemAt: ProblemAt;
}

const numbers: { key: "intervalMs" | "timeoutMs" | "unhealthyAfter" | "healthyAfter"; label: string }[] = [
  { key: "intervalMs", label: "Interval (ms)" },
  { key: "timeoutMs", label: "Timeout (ms)" },
  { key: "unhealthyAfter", label: "Failures until out" },
  { key: "healthyAfter", label: "Successes until back in" },
];

const fieldId = (keyType: KeyType, key: string) => `${keyType}-healthCheck-${key}`;

export function HealthFields({ keyType, separate, group, onEdit, onLeave, problemAt }: Props) {
  const check = group.healthCheck;
  const edit = (change: Partial<HealthCheck>, key: string) =>
    onEdit({ healthCheck: { ...check, ...change } }, key);
  return (
    <FieldGroup
      title={separate ? `${titles[keyType]}: Health checks` : "Health checks"}
      text="If on, the gateway asks each endpoint regularly; one that fails gets no traffic until it is well again."
    >
      <FormControlLabel
        sx={{ gridColumn: "1 / -1", ml: 0, gap: 0.75 }}
        control={
          <Switch
            id={fieldId(keyType, "enabled")}
            size="small"
            checked={check.enabled}
            onChange={(event) => edit({ enabled: event.target.checked }, "check-enabled")}
          />
        }
        label="Check actively"
        slotProps={{ typography: { variant: "body2" } }}
      />
      {check.enabled && (
        <CheckFields keyType={keyType} problemAt={problemAt} check={check} onEdit={edit} onLeave={onLeave} />
      )}
      <NumberField
        id={`${keyType}-slowStartMs`}
        label="Slow start (ms)"
        helper="Where weights count, that of a returning endpoint grows over this time; 0 is off."
        value={group.slowStartMs}
        problem={problemAt("endpoints", keyType, "slowStartMs")}
        onChange={(value) => onEdit({ slowStartMs: value ?? Number.NaN }, "slowStartMs")}
        onLeave={onLeave}
      />
    </FieldGroup>
  );
}

interface CheckProps extends Pick<Props, "keyType" | "problemAt" | "onLeave"> {
  check: HealthCheck;
  onEdit: (change: Partial<HealthCheck>, key: string) => void;
}

/** What the gateway asks, and how often. */
function CheckFields({ keyType, problemAt, check, onEdit, onLeave }: CheckProps) {
  const problem = (key: string) => problemAt("endpoints", keyType, "healthCheck", key);
  const id = (key: string) => fieldId(keyType, key);
  return (
    <>
      <TextField
        select
        id={id("kind")}
        label="How"
        value={check.kind}
        onChange={(event) => onEdit({ kind: event.target.value === "tcp" ? "tcp" : "http" }, "check-kind")}
      >
        <MenuItem value="http">HTTP GET</MenuItem>
        <MenuItem value="tcp">TCP connect</MenuItem>
      </TextField>
      {check.kind === "http" && (
        <>
          <TextField
            id={id("path")}
            label="Path"
            value={check.path}
            error={Boolean(problem("path"))}
            helperText={problem("path") ?? "From the root of the endpoint's host."}
            onChange={(event) => onEdit({ path: event.target.value }, "check-path")}
            onBlur={onLeave}
          />
          <TextField
            id={id("expected")}
            label="Expected statuses"
            value={check.expected}
            error={Boolean(problem("expected"))}
            helperText={problem("expected") ?? "For example 200-399, 404"}
            onChange={(event) => onEdit({ expected: event.target.value }, "check-expected")}
            onBlur={onLeave}
          />
        </>
      )}
      {numbers.map(({ key, label }) => (
        <NumberField
          key={key}
          id={id(key)}
          label={label}
          value={check[key]}
          problem={problem(key)}
          onChange={(value) => onEdit({ [key]: value ?? Number.NaN }, `check-${key}`)}
          onLeave={onLeave}
        />
      ))}
    </>
  );
}
