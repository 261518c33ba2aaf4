"use client";
import MenuItem from "@mui/material/MenuItem";
import TextField from "@mui/material/TextField";
import { useState } from "react";
import { roles, roleWords } from "#lib/access/roles";
import { MIN_PASSWORD, NewUser } from "#lib/access/users";
import { Role } from "#lib/schemas/role";
import { SecretField } from "../session/PasswordField";
import { FormDialog } from "../shared/FormDialog";
import type { UserActions } from "./settingsResults";

type Field = "username" | "password" | "role";

export function AddUserDialog({ onAdd, onClose }: { onAdd: UserActions["onAdd"]; onClose: () => void }) {
  const [input, setInput] = useState({ username: "", password: "", role: "creator" as Role });
  const [insist, setInsist] = useState(false);
  const issues = NewUser.safeParse(input).error?.issues ?? [];
  const wrong = (field: Field) =>
    insist ? issues.find((issue) => issue.path[0] === field)?.message : undefined;
  const firstWrong = () => {
    setInsist(true);
    return issues[0] && `new-${String(issues[0].path[0])}`;
  };
  return (
    <FormDialog
      title="Add user"
      submit="Add user"
      done={`${input.username} is added as ${input.role}.`}
      firstWrong={firstWrong}
      onSubmit={() => onAdd(input)}
      onClose={onClose}
    >
      <TextField
        id="new-username"
        label="User name"
        required
        autoFocus
        autoComplete="off"
        value={input.username}
        error={Boolean(wrong("username"))}
        helperText={wrong("username")}
        onChange={(event) => setInput({ ...input, username: event.target.value })}
        slotProps={{ htmlInput: { spellCheck: false, autoCapitalize: "none" } }}
      />
      <SecretField
        id="new-password"
        label="Password"
        autoComplete="new-password"
        helper={`At least ${MIN_PASSWORD} characters. Tell it to them; they can change it.`}
        error={wrong("password")}
        value={input.password}
        onChange={(password) => setInput({ ...input, password })}
      />
      <TextField
        select
        id="new-role"
        label="Role"
        value={input.role}
        helperText={roleWords[input.role]}
        onChange={(event) => setInput({ ...input, role: Role.parse(event.target.value) })}
      >
        {roles.map((role) => (
          <MenuItem key={role} value={role}>
            {role}
          </MenuItem>
        ))}
      </TextField>
    </FormDialog>
  );
}
