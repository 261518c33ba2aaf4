"use server";
import { hashPassword } from "better-auth/crypto";
import { revalidatePath } from "next/cache";
import * as z from "zod";
import { NewUser, Password } from "#lib/access/users";
import { Role } from "#lib/schemas/role";
import * as users from "#prisma/access/accounts";
import { failed, guarded } from "../../_server/guard";

const UserId = z.string().min(1).max(64);

export async function addUser(input: unknown) {
  return guarded("Adding a user", "users.manage", async (by) => {
    const { username, password, role } = NewUser.parse(input);
    const result = await users.createUser(by, { username, role, passwordHash: await hashPassword(password) });
    if (!result.ok) return failed(`There is already a user named ${username}.`);
    revalidatePath("/settings", "layout");
    return { ok: true as const };
  });
}

export async function setUserRole(id: unknown, role: unknown) {
  return guarded("Changing a role", "users.manage", async (by) =>
    told(await users.setRole(by, UserId.parse(id), Role.parse(role))),
  );
}

export async function setUserDisabled(id: unknown, disabled: unknown) {
  return guarded("Disabling a user", "users.manage", async (by) =>
    told(await users.setDisabled(by, UserId.parse(id), z.boolean().parse(disabled))),
  );
}

export async function resetPassword(id: unknown, password: unknown) {
  return guarded("Resetting a password", "users.manage", async (by) =>
    told(await users.setPassword(by, UserId.parse(id), await hashPassword(Password.parse(password)))),
  );
}

export async function deleteUser(id: unknown) {
  return guarded("Deleting a user", "users.manage", async (by) =>
    told(await users.deleteUser(by, UserId.parse(id))),
  );
}

function told(result: users.UserChange) {
  revalidatePath("/settings", "layout");
  if (result.ok) return { ok: true as const };
  if (result.kind === "missing") return failed("This user was deleted meanwhile.");
  return failed("This is the last administrator who can sign in. Make somebody else administrator first.");
}
