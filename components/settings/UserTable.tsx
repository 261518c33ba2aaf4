"use client";
import Box from "@mui/material/Box";
import MenuItem from "@mui/material/MenuItem";
import Paper from "@mui/material/Paper";
import Table from "@mui/material/Table";
import TableBody from "@mui/material/TableBody";
import TableCell from "@mui/material/TableCell";
import TableContainer from "@mui/material/TableContainer";
import TableHead from "@mui/material/TableHead";
import TableRow from "@mui/material/TableRow";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { roles } from "#lib/access/roles";
import { Role } from "#lib/schemas/role";
import { StateMark } from "../shared/StateMark";
import { useScrollStop } from "../shared/useScrollStop";
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
  const scrolling = useScrollStop();
  return (
    <TableContainer component={Paper} variant="outlined" {...scrolling} role="region" aria-label="Users">
      <Table size="small" sx={table}>
        <TableHead>
          <TableRow>
            {columns.map((c) => (
              <TableCell key={c} sx={{ color: "text.secondary" }}>
                {c}
              </TableCell>
            ))}
            <TableCell>
              <Box component="span" sx={visuallyHidden}>
                Actions
              </Box>
            </TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {users.map((user) => (
            <UserRow key={user.id} user={user} {...props} />
          ))}
        </TableBody>
      </Table>
    </TableContainer>
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
