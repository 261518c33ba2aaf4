"use client";
import TextField from "@mui/material/TextField";
import { algorithmOfClass } from "#lib/traffic/algorithms";
import { useLive } from "../../frame/LiveContext";

interface Props {
  value: string;
  problem: string | undefined;
  onChange: (className: string) => void;
}

export function ClassNameField({ value, problem, onChange }: Props) {
  const { report } = useLive();
  const installed = report.gateway?.customAlgorithms;
  const fault = report.gateway?.algorithmFaults.find((f) => f.className === value.trim());
  return (
    <TextField
      id="customAlgoInput"
      label="Class Name for Algorithm"
      value={value}
      required
      error={Boolean(problem)}
      helperText={problem ?? (fault ? faultWords(fault) : meaning(value.trim(), installed))}
      onChange={(event) => onChange(event.target.value)}
      autoComplete="off"
      slotProps={{ htmlInput: { spellCheck: false, maxLength: 200 } }}
    />
  );
}

function faultWords({ count, reason }: { count: number; reason: string }): string {
  const times = count === 1 ? "once" : `${count} times`;
  return `It failed ${times} since the gateway started, and Round Robin picked instead. Last reason: ${reason}`;
}

function meaning(name: string, installed: readonly string[] | undefined): string {
  const builtIn = algorithmOfClass(name);
  if (builtIn) return `This is the built-in ${builtIn.label}.`;
  if (!installed) return "The class name of an algorithm of Synapse, or of a custom one on the gateway.";
  const available =
    installed.length > 0
      ? `Custom ones: ${installed.join(", ")}.`
      : "No custom one is installed on the gateway.";
  if (name === "") return `The class name of an algorithm of Synapse, or of a custom one. ${available}`;
  return installed.includes(name)
    ? "Installed on the gateway."
    : `The gateway has no algorithm of this name. ${available}`;
}
