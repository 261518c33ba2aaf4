"use client";
import TextField from "@mui/material/TextField";
import type { SecretRef } from "#lib/edit/endpointSecurity";
import { SecretField } from "./SecretField";

export interface Login {
  username: string;
  password: SecretRef;
}

interface Props {
  value: Login;
  stored: SecretRef;
  problemAt: (field: string) => string | undefined;
  onChange: (login: Login) => void;
}

export function LoginFields({ value, stored, problemAt, onChange }: Props) {
  return (
    <>
      <TextField
        id="auth-userName"
        label="User name"
        required
        value={value.username}
        error={Boolean(problemAt("username"))}
        helperText={problemAt("username")}
        onChange={(event) => onChange({ ...value, username: event.target.value })}
        autoComplete="off"
        slotProps={{ htmlInput: { spellCheck: false, maxLength: 500 } }}
      />
      <SecretField
        id="auth-password"
        label="Password"
        value={value.password}
        stored={stored}
        problem={problemAt("password")}
        onChange={(password) => onChange({ ...value, password })}
      />
    </>
  );
}
