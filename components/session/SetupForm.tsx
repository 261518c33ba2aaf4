"use client";
import TextField from "@mui/material/TextField";
import { useState, useTransition } from "react";
import { type Credentials, MIN_PASSWORD, NewAdministrator } from "#lib/access/users";
import { answerOf, type Failed } from "../shared/actionResults";
import { useShowWrong } from "../shared/useShowWrong";
import { SecretField } from "./PasswordField";
import { SessionCard } from "./SessionCard";
import { loadPage, signIn } from "./sessionRequests";

export type CreateAdministrator = (input: Credentials) => Promise<{ ok: true } | Failed>;

type Errors = { username?: string; password?: string; again?: string };

export function SetupForm({ onCreate }: { onCreate: CreateAdministrator }) {
  const { input, errors, failure, pending, change, submit } = useSetup(onCreate);
  return (
    <SessionCard
      title="Create the administrator account"
      text="Sluice has no users yet. This account may do everything, also add other users."
      submit="Create account"
      pending={pending}
      failure={failure}
      onSubmit={submit}
    >
      <TextField
        id="username"
        label="User name"
        required
        fullWidth
        autoComplete="username"
        value={input.username}
        error={Boolean(errors.username)}
        helperText={errors.username}
        onChange={(event) => change("username", event.target.value)}
        slotProps={{ htmlInput: { spellCheck: false, autoCapitalize: "none" } }}
      />
      <SecretField
        id="password"
        label="Password"
        autoComplete="new-password"
        helper={`At least ${MIN_PASSWORD} characters`}
        error={errors.password}
        value={input.password}
        onChange={(text) => change("password", text)}
      />
      <SecretField
        id="again"
        label="Password again"
        autoComplete="new-password"
        error={errors.again}
        value={input.again}
        onChange={(text) => change("again", text)}
      />
    </SessionCard>
  );
}

function useSetup(onCreate: CreateAdministrator) {
  const [input, setInput] = useState({ username: "admin", password: "", again: "" });
  const [errors, setErrors] = useState<Errors>({});
  const [failure, setFailure] = useState("");
  const showWrong = useShowWrong();
  const [pending, startTransition] = useTransition();
  const change = (field: keyof typeof input, text: string) => {
    setInput({ ...input, [field]: text });
    setErrors({ ...errors, [field]: undefined });
  };

  const submit = () => {
    const found = errorsOf(input);
    setErrors(found);
    setFailure("");
    const first = Object.keys(found)[0];
    if (first) return showWrong(first);
    startTransition(async () => {
      const result = await answerOf(onCreate(input));
      if (!result.ok) return setFailure(result.message);
      const signedIn = await signIn(input);
      await loadPage(signedIn.ok ? "/apis" : "/sign-in");
    });
  };

  return { input, errors, failure, pending, change, submit };
}

function errorsOf(input: { username: string; password: string; again: string }): Errors {
  const errors: Errors = {};
  for (const issue of NewAdministrator.safeParse(input).error?.issues ?? []) {
    errors[issue.path[0] as keyof Errors] ??= issue.message;
  }
  if (!errors.password && input.again !== input.password) errors.again = "The two passwords differ.";
  return errors;
}
