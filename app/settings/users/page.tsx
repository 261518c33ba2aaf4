import { Users } from "#components/settings/Users";
import { listUsers } from "#prisma/access/accounts";
import { requirePage } from "../../_server/guard";
import { addUser, deleteUser, resetPassword, setUserDisabled, setUserRole } from "./actions";

export const metadata = { title: "Users" };

export default async function UsersPage() {
  const me = await requirePage("users.manage");
  const users = (await listUsers()).map(({ id, username, role, disabled }) => ({
    id,
    username,
    role,
    disabled,
  }));
  return (
    <Users
      users={users}
      me={me.username}
      onAdd={addUser}
      onRole={setUserRole}
      onDisable={setUserDisabled}
      onPassword={resetPassword}
      onDelete={deleteUser}
    />
  );
}
