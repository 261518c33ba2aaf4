"use client";
import TextField from "@mui/material/TextField";
import { useState, useTransition } from "react";
import type { Credentials } from "#lib/access/users";
import { SecretField } from "./PasswordField";
import { SessionCard } from "./SessionCard";
import { loadPage, signIn } from "./sessionRequests";

interface Props {
  to: string;
  /** For a page that waits in another tab. */
  again: boolean;
}

export function SignInForm({ to, again }: Props) {
  const [input, setInput] = useState<Credentials>({ username: "", password: "" });
  const [failure, setFailure] = useState("");
  const [pending, startTransition] = useTransition();

  const submit = () =>
    startTransition(async () => {
      const empty = input.username.trim() === "" ? "username" : input.password === "" ? "password" : null;
      if (empty) {
        setFailure(empty === "username" ? "Enter your user name." : "Enter your password.");
        document.getElementById(empty)?.focus();
        return;
      }
      setFailure("");
      const result = await signIn(input);
      if (result.ok) {
        if (again && window.opener) window.close();
        if (!window.closed) await loadPage(to);
        return;
      }
      setFailure(result.message);
      setInput((typed) => ({ ...typed, password: "" }));
      document.getElementById("password")?.focus();
    });

  return (
    <SessionCard title="Sign in" submit="Sign in" pending={pending} failure={failure} onSubmit={submit}>
      <TextField
        id="username"
        label="User name"
        required
        fullWidth
        autoFocus
        autoComplete="username"
        value={input.username}
        onChange={(event) => setInput({ ...input, username: event.target.value })}
        slotProps={{ htmlInput: { spellCheck: false, autoCapitalize: "none" } }}
      />
      <SecretField
        id="password"
        label="Password"
        autoComplete="current-password"
        value={input.password}
        onChange={(password) => setInput({ ...input, password })}
      />
    </SessionCard>
  );
}
