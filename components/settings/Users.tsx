"use client";
import AddIcon from "@mui/icons-material/PersonAddOutlined";
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Typography from "@mui/material/Typography";
import { useState, useTransition } from "react";
import { roles, roleWords } from "#lib/access/roles";
import type { Role } from "#lib/schemas/role";
import { useAnnounce } from "../shared/Announcer";
import { answerOf, type Failed } from "../shared/actionResults";
import { ConfirmDialog } from "../shared/ConfirmDialog";
import { FailureWords } from "../shared/FailureWords";
import { AddUserDialog } from "./AddUserDialog";
import { PasswordDialog } from "./PasswordDialog";
import type { User, UserActions } from "./settingsResults";
import { UserTable } from "./UserTable";

type Asking =
  | { kind: "add" }
  | { kind: "password" | "disable" | "delete"; user: User }
  | { kind: "role"; user: User; role: Role };

export function Users({ users, me, ...actions }: { users: User[]; me: string } & UserActions) {
  const { asking, ask, close, failure, setFailure, pending, run } = useAsking();
  const disable = (user: User, disabled: boolean) =>
    run(`${user.username} is ${disabled ? "disabled" : "enabled"}.`, () =>
      actions.onDisable(user.id, disabled),
    );
  return (
    <Box>
      <Box sx={{ display: "flex", alignItems: "center", gap: 1.5, mb: 2 }}>
        <Typography variant="h2" sx={{ flex: 1 }}>
          Users
        </Typography>
        <Button variant="contained" startIcon={<AddIcon />} onClick={() => ask({ kind: "add" })}>
          Add user
        </Button>
      </Box>
      {failure && (
        <Alert severity="error" onClose={() => setFailure("")} sx={{ mb: 2 }}>
          <FailureWords>{failure}</FailureWords>
        </Alert>
      )}
      <UserTable
        users={users}
        me={me}
        pending={pending}
        onRole={(user, role) => ask({ kind: "role", user, role })}
        onEnable={(user) => disable(user, false)}
        onAsk={(kind, user) => ask({ kind, user })}
      />
      <Roles />
      {asking?.kind === "add" && <AddUserDialog onAdd={actions.onAdd} onClose={close} />}
      {asking?.kind === "password" && (
        <PasswordDialog user={asking.user} onPassword={actions.onPassword} onClose={close} />
      )}
      {asking?.kind === "role" && (
        <RoleDialog
          user={asking.user}
          role={asking.role}
          isMe={asking.user.username === me}
          onConfirm={() =>
            run(`${asking.user.username} is now ${asking.role}.`, () =>
              actions.onRole(asking.user.id, asking.role),
            )
          }
          onClose={close}
        />
      )}
      {asking?.kind === "disable" && (
        <DisableDialog user={asking.user} onConfirm={() => disable(asking.user, true)} onClose={close} />
      )}
      {asking?.kind === "delete" && (
        <DeleteDialog
          user={asking.user}
          onConfirm={() => run(`${asking.user.username} is deleted.`, () => actions.onDelete(asking.user.id))}
          onClose={close}
        />
      )}
    </Box>
  );
}

/** The question that is open, and what came of the last one. */
function useAsking() {
  const announce = useAnnounce();
  const [asking, setAsking] = useState<Asking | null>(null);
  const [failure, setFailure] = useState("");
  const [pending, startTransition] = useTransition();
  const close = () => setAsking(null);
  const ask = (next: Asking) => {
    // What went wrong before is over when something else is begun.
    setFailure("");
    setAsking(next);
  };

  const run = (done: string, call: () => Promise<{ ok: true } | Failed>) =>
    startTransition(async () => {
      setFailure("");
      const result = await answerOf(call());
      if (result.ok) announce(done);
      else setFailure(result.message);
      close();
    });
  return { asking, ask, close, failure, setFailure, pending, run };
}

/** What each of them may. */
function Roles() {
  return (
    <Box component="dl" sx={legend}>
      {roles.map((role) => (
        <Box key={role} sx={{ display: "contents" }}>
          <Box component="dt">{role}</Box>
          <Box component="dd" sx={{ m: 0 }}>
            {roleWords[role]}
          </Box>
        </Box>
      ))}
    </Box>
  );
}

interface DialogProps {
  user: User;
  onConfirm: () => void;
  onClose: () => void;
}

function RoleDialog({ user, role, isMe, onConfirm, onClose }: DialogProps & { role: Role; isMe: boolean }) {
  return (
    <ConfirmDialog
      open
      color={isMe ? "error" : "primary"}
      title={`Make ${user.username} ${role}?`}
      text={
        isMe
          ? "This is you: you are signed out at once, and only another admin can give you your role back."
          : `Who is ${role}: ${roleWords[role]} They are signed out everywhere at once and sign in again.`
      }
      confirm="Change role"
      onConfirm={onConfirm}
      onClose={onClose}
    />
  );
}

function DisableDialog({ user, onConfirm, onClose }: DialogProps) {
  return (
    <ConfirmDialog
      open
      title={`Disable ${user.username}?`}
      text="They are signed out everywhere at once and cannot sign in until they are enabled again."
      confirm="Disable"
      onConfirm={onConfirm}
      onClose={onClose}
    />
  );
}

function DeleteDialog({ user, onConfirm, onClose }: DialogProps) {
  return (
    <ConfirmDialog
      open
      title={`Delete ${user.username}?`}
      text="They are signed out everywhere at once. What they did stays in the audit list under their name."
      confirm="Delete user"
      onConfirm={onConfirm}
      onClose={onClose}
    />
  );
}

const legend = {
  mt: 2,
  mb: 0,
  mx: 0.5,
  display: "grid",
  gridTemplateColumns: "max-content minmax(0, 1fr)",
  columnGap: 2,
  rowGap: 0.5,
  typography: "body2",
  color: "text.secondary",
};
