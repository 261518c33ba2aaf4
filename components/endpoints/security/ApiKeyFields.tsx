"use client";
import TextField from "@mui/material/TextField";
import type { EndpointSecurity, SecretRef } from "#lib/edit/endpointSecurity";
import { ApiKey } from "#lib/schemas/security";
import { ChoiceField } from "../../editor/ChoiceField";
import { SecretField } from "./SecretField";

type Value = EndpointSecurity["apiKey"];

interface Props {
  value: Value;
  stored: SecretRef;
  problemAt: (field: string) => string | undefined;
  onChange: (value: Value) => void;
}

const places = [
  { value: "header", label: "Header", hint: "What a caller sends under this name is replaced." },
  { value: "query", label: "Query parameter", hint: "What a caller sends under this name is replaced." },
];

export function ApiKeyFields({ value, stored, problemAt, onChange }: Props) {
  return (
    <>
      <ChoiceField
        id="auth-apiKeyIn"
        label="Where the key goes"
        value={value.in}
        choices={places}
        onChange={(place) => onChange({ ...value, in: ApiKey.shape.in.parse(place) })}
      />
      <TextField
        id="auth-apiKeyName"
        label={value.in === "header" ? "Header name" : "Parameter name"}
        required
        value={value.name}
        error={Boolean(problemAt("name"))}
        helperText={problemAt("name")}
        onChange={(event) => onChange({ ...value, name: event.target.value.trim() })}
        autoComplete="off"
        slotProps={{ htmlInput: { spellCheck: false, maxLength: 200 } }}
      />
      <SecretField
        id="auth-apiKeyValue"
        label="Key"
        value={value.value}
        stored={stored}
        problem={problemAt("value")}
        onChange={(key) => onChange({ ...value, value: key })}
      />
    </>
  );
}
