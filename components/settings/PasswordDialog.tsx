"use client";
import { useState } from "react";
import { MIN_PASSWORD, Password } from "#lib/access/users";
import { SecretField } from "../session/PasswordField";
import { FormDialog } from "../shared/FormDialog";
import type { User, UserActions } from "./settingsResults";

interface Props {
  user: User;
  onPassword: UserActions["onPassword"];
  onClose: () => void;
}

export function PasswordDialog({ user, onPassword, onClose }: Props) {
  const [password, setPassword] = useState("");
  const [insist, setInsist] = useState(false);
  const problem = Password.safeParse(password).error?.issues[0]?.message;
  const firstWrong = () => {
    setInsist(true);
    return problem && "reset-password";
  };
  return (
    <FormDialog
      title={`Reset the password of ${user.username}`}
      text="They are signed out everywhere."
      submit="Reset password"
      done={`The password of ${user.username} is reset.`}
      firstWrong={firstWrong}
      onSubmit={() => onPassword(user.id, password)}
      onClose={onClose}
    >
      <SecretField
        id="reset-password"
        label="New password"
        autoComplete="new-password"
        helper={`At least ${MIN_PASSWORD} characters`}
        error={insist ? problem : undefined}
        value={password}
        onChange={setPassword}
      />
    </FormDialog>
  );
}
