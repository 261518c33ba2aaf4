"use client";
import Alert from "@mui/material/Alert";
import { useState, useTransition } from "react";
import { MIN_PASSWORD, Password } from "#lib/access/users";
import { answerOf, type Failed } from "../shared/actionResults";
import { useShowWrong } from "../shared/useShowWrong";
import { SecretField } from "./PasswordField";
import { SessionCard } from "./SessionCard";

export type ChangePassword = (input: { current: string; password: string }) => Promise<{ ok: true } | Failed>;

const empty = { current: "", password: "", again: "" };
type Errors = Partial<typeof empty>;

export function PasswordForm({ onChange }: { onChange: ChangePassword }) {
  const [input, setInput] = useState(empty);
  const [errors, setErrors] = useState<Errors>({});
  const [failure, setFailure] = useState("");
  const [done, setDone] = useState(false);
  const showWrong = useShowWrong();
  const [pending, startTransition] = useTransition();

  const submit = () => {
    const found = errorsOf(input);
    setErrors(found);
    setFailure("");
    setDone(false);
    const first = Object.keys(found)[0];
    if (first) return showWrong(first);
    startTransition(async () => {
      const result = await answerOf(onChange(input));
      if (!result.ok) return setFailure(result.message);
      setInput(empty);
      setDone(true);
    });
  };
  const field = (name: keyof typeof empty) => ({
    id: name,
    value: input[name],
    error: errors[name],
    onChange: (text: string) => {
      setInput({ ...input, [name]: text });
      setErrors({ ...errors, [name]: undefined });
    },
  });

  return (
    <SessionCard
      title="Change password"
      text="You stay signed in here and are signed out everywhere else."
      submit="Change password"
      pending={pending}
      failure={failure}
      cancelTo="/apis"
      onSubmit={submit}
    >
      {done && (
        <Alert severity="success" role="status">
          The password is changed.
        </Alert>
      )}
      <SecretField {...field("current")} label="Current password" autoComplete="current-password" />
      <SecretField
        {...field("password")}
        label="New password"
        helper={`At least ${MIN_PASSWORD} characters`}
        autoComplete="new-password"
      />
      <SecretField {...field("again")} label="New password again" autoComplete="new-password" />
    </SessionCard>
  );
}

function errorsOf({ current, password, again }: typeof empty): Errors {
  const errors: Errors = {};
  if (current === "") errors.current = "Enter your current password.";
  const problem = Password.safeParse(password).error?.issues[0]?.message;
  if (problem) errors.password = problem;
  else if (again !== password) errors.again = "The two passwords differ.";
  return errors;
}
