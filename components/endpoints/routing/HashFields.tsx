"use client";
import TextField from "@mui/material/TextField";
import { ChoiceField } from "../../editor/ChoiceField";

export interface HashSettings {
  source: "clientIp" | "header";
  header: string;
}

const sources = [
  { value: "clientIp", label: "Client IP", hint: "Requests from one address go to one endpoint." },
  { value: "header", label: "A header", hint: "Requests with one value of a header go to one endpoint." },
];

export function hashProblem({ source, header }: HashSettings): string | undefined {
  if (source !== "header") return undefined;
  if (header.trim() === "") return "Enter the name of the header.";
  return /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(header)
    ? undefined
    : "A header name has letters, digits and hyphens only.";
}

export function HashFields({
  value,
  onChange,
}: {
  value: HashSettings;
  onChange: (value: HashSettings) => void;
}) {
  const problem = hashProblem(value);
  return (
    <>
      <ChoiceField
        id="hashSource"
        label="Hash of"
        value={value.source}
        choices={sources}
        onChange={(source) => onChange({ ...value, source: source === "header" ? "header" : "clientIp" })}
      />
      {value.source === "header" && (
        <TextField
          id="hashHeader"
          label="Header"
          value={value.header}
          error={Boolean(problem)}
          helperText={problem ?? "Callers without it are spread by their address."}
          onChange={(event) => onChange({ ...value, header: event.target.value })}
          autoComplete="off"
          slotProps={{ htmlInput: { spellCheck: false, maxLength: 100 } }}
        />
      )}
    </>
  );
}
