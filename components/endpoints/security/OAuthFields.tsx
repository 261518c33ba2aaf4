"use client";
import TextField from "@mui/material/TextField";
import { OAuth2 } from "#lib/schemas/security";
import { ChoiceField } from "../../editor/ChoiceField";
import { LoginFields } from "./LoginFields";
import { SecretField } from "./SecretField";

interface Props {
  value: OAuth2;
  stored: OAuth2;
  problemAt: (field: string) => string | undefined;
  onChange: (value: OAuth2) => void;
}

const grants = [
  { value: "clientCredentials", label: "Client Credentials", hint: "The token is the gateway's own." },
  { value: "password", label: "Password", hint: "The token is that of a user of the backend." },
];
const ways = [
  { value: "header", label: "Header (HTTP Basic)", hint: "What most token servers want." },
  { value: "body", label: "Form fields", hint: "client_id and client_secret beside the grant." },
];
const texts = [
  {
    key: "tokenUrl",
    id: "auth-tokenUrl",
    label: "Token URL",
    placeholder: "https://login.example.com/token",
  },
  { key: "clientId", id: "auth-clientId", label: "Client ID", placeholder: "" },
] as const;

/** What stands below a field: what is wrong, else what helps. */
const shown = (problem: string | undefined, hint?: string) => ({
  error: problem !== undefined,
  helperText: problem ?? hint,
});
const input = { spellCheck: false, maxLength: 2_000 };

export function OAuthFields({ value, stored, problemAt, onChange }: Props) {
  const set = (change: Partial<OAuth2>) => onChange({ ...value, ...change });
  return (
    <>
      <ChoiceField
        id="grant-type-select"
        label="Grant Type"
        value={value.grant}
        choices={grants}
        onChange={(grant) => set({ grant: OAuth2.shape.grant.parse(grant) })}
      />
      {texts.map(({ key, id, label, placeholder }) => (
        <TextField
          key={key}
          id={id}
          label={label}
          required
          placeholder={placeholder}
          value={value[key]}
          {...shown(problemAt(key))}
          onChange={(event) => set({ [key]: event.target.value.trim() })}
          autoComplete="off"
          slotProps={{ htmlInput: input, inputLabel: { shrink: true } }}
        />
      ))}
      <SecretField
        id="auth-clientSecret"
        label="Client Secret"
        value={value.clientSecret}
        stored={stored.clientSecret}
        problem={problemAt("clientSecret")}
        onChange={(clientSecret) => set({ clientSecret })}
      />
      {value.grant === "password" && (
        <LoginFields value={value} stored={stored.password} problemAt={problemAt} onChange={set} />
      )}
      <TextField
        id="auth-scopes"
        label="Scopes"
        value={value.scopes}
        {...shown(problemAt("scopes"), "Separated by spaces; may be empty.")}
        onChange={(event) => set({ scopes: event.target.value })}
        autoComplete="off"
        slotProps={{ htmlInput: input }}
      />
      <ChoiceField
        id="auth-clientIn"
        label="Client authentication"
        value={value.clientIn}
        choices={ways}
        onChange={(clientIn) => set({ clientIn: OAuth2.shape.clientIn.parse(clientIn) })}
      />
      <ParametersField
        value={value.parameters}
        problem={problemAt("parameters")}
        onChange={(parameters) => set({ parameters })}
      />
    </>
  );
}

interface ParametersProps {
  value: string;
  problem: string | undefined;
  onChange: (value: string) => void;
}

function ParametersField({ value, problem, onChange }: ParametersProps) {
  return (
    <TextField
      id="auth-parameters"
      label="Further parameters"
      multiline
      maxRows={6}
      placeholder="audience=https://orders.example.com"
      value={value}
      {...shown(
        problem,
        "What else the token server wants: name=value, a line each. They are not kept as secrets.",
      )}
      onChange={(event) => onChange(event.target.value)}
      autoComplete="off"
      slotProps={{ htmlInput: { spellCheck: false, maxLength: 4_000 }, inputLabel: { shrink: true } }}
    />
  );
}
