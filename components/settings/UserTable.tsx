"use client";
import Box from "@mui/material/Box";
import MenuItem from "@mui/material/MenuItem";
import TableCell from "@mui/material/TableCell";
import TableRow from "@mui/material/TableRow";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { roles } from "#lib/access/roles";
import { Role } from "#lib/schemas/role";
import { ListTable } from "../shared/ListTable";
import { StateMark } from "../shared/StateMark";
import { visuallyHidden } from "../shared/visuallyHidden";
import type { User } from "./settingsResults";
import { UserMenu } from "./UserMenu";

interface Props {
  users: User[];
  /** Name of the signed-in user. */
  me: string;
  pending: boolean;
  onRole: (user: User, role: Role) => void;
  onEnable: (user: User) => void;
  onAsk: (kind: "password" | "disable" | "delete", user: User) => void;
}

const columns = ["User", "Role", "State"];

export function UserTable({ users, ...props }: Props) {
  const actions = (
    <Box component="span" sx={visuallyHidden}>
      Actions
    </Box>
  );
  return (
    <ListTable label="Users" columns={columns} last={actions} sx={table}>
      {users.map((user) => (
        <UserRow key={user.id} user={user} {...props} />
      ))}
    </ListTable>
  );
}

function UserRow({ user, me, pending, onRole, onEnable, onAsk }: Omit<Props, "users"> & { user: User }) {
  return (
    <TableRow sx={{ "&:last-child td, &:last-child th": { border: 0 } }}>
      <TableCell component="th" scope="row" sx={{ overflowWrap: "anywhere", fontWeight: 600 }}>
        {user.username}
        {user.username === me && (
          <Typography component="span" variant="body2" color="textSecondary">
            {" "}
            (you)
          </Typography>
        )}
      </TableCell>
      <TableCell>
        <TextField
          select
          value={user.role}
          // Not disabled meanwhile: the focus would be lost.
          onChange={(event) => {
            const role = Role.parse(event.target.value);
            if (!pending && role !== user.role) onRole(user, role);
          }}
          slotProps={{ select: { "aria-label": `Role of ${user.username}` } }}
          sx={{ minWidth: "7.25rem" }}
        >
          {roles.map((role) => (
            <MenuItem key={role} value={role}>
              {role}
            </MenuItem>
          ))}
        </TextField>
      </TableCell>
      <TableCell sx={{ whiteSpace: "nowrap" }}>
        <StateMark tone={user.disabled ? "warn" : "good"}>{user.disabled ? "Disabled" : "Enabled"}</StateMark>
      </TableCell>
      <TableCell align="right" sx={{ width: 56 }}>
        <UserMenu user={user} onEnable={onEnable} onAsk={onAsk} />
      </TableCell>
    </TableRow>
  );
}

const table = { "& td, & th": { py: 1, px: { xs: 1, sm: 2 } } };
