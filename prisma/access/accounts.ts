import { randomUUID } from "node:crypto";
import { Role } from "#lib/schemas/role";
import { type Actor, writeAudit } from "../audit";
import { database } from "../db";
import type { Prisma } from "../generated/client";
import { lock } from "../lock";
import { ifStill, isTaken } from "../taken";

/**
 * Users and what belongs to them. Passwords arrive here as hashes. Whatever takes rights away also ends the
 * user's sessions in the same transaction.
 */

export interface UserInfo {
  id: string;
  username: string;
  role: Role;
  disabled: boolean;
  createdAt: Date;
}

export type UserChange = { ok: true } | { ok: false; kind: "missing" | "lastAdmin" };

/** Its primary key is what makes the first administrator the only one, whoever else asks at the same time. */
const FIRST_ID = "first-administrator";

const columns = { id: true, username: true, role: true, disabled: true, createdAt: true } as const;
type Row = Prisma.UserGetPayload<{ select: typeof columns }>;
type Tx = Prisma.TransactionClient;

/** A role that this version does not know gives no rights beyond reading. */
function toUser(row: Row): UserInfo {
  return { ...row, username: row.username ?? "", role: Role.catch("viewer").parse(row.role) };
}

export async function hasUsers(): Promise<boolean> {
  return (await database().user.findFirst({ select: { id: true } })) !== null;
}

export async function listUsers(): Promise<UserInfo[]> {
  return (await database().user.findMany({ orderBy: { username: "asc" }, select: columns })).map(toUser);
}

export async function findUser(id: string): Promise<UserInfo | null> {
  const row = await database().user.findUnique({ where: { id }, select: columns });
  return row && toUser(row);
}

/** A user with the stored password hash; null for an unknown name. */
export async function findByUsername(username: string) {
  const row = await database().user.findUnique({
    where: { username },
    select: { ...columns, accounts: { where: { providerId: "credential" }, select: { password: true } } },
  });
  return row && { user: toUser(row), passwordHash: row.accounts[0]?.password ?? null };
}

/** The user of a session token, with the session's end; null when there is no such session or it has ended. */
export async function findBySessionToken(token: string, now: Date) {
  const row = await database().session.findUnique({
    where: { token },
    select: { token: true, expiresAt: true, user: { select: columns } },
  });
  const user = row && ifStill(row.user);
  if (!user || row.expiresAt <= now || user.disabled) return null;
  return { user: toUser(user), expiresAt: row.expiresAt };
}

/** Makes the first user, an administrator. Not ok when there are users already. */
export async function createFirstAdministrator(
  username: string,
  passwordHash: string,
): Promise<{ ok: true } | { ok: false }> {
  try {
    return await database().$transaction(async (tx) => {
      await lock(tx, "accounts");
      if (await tx.user.findFirst({ select: { id: true } })) return { ok: false };
      const data = newUser(FIRST_ID, username, "admin", passwordHash);
      await tx.user.create({ data });
      const by = { userId: FIRST_ID, username };
      await writeAudit(tx, by, "user.create", FIRST_ID, `Created the administrator account ${username}`);
      return { ok: true };
    });
  } catch (error) {
    if (isTaken(error)) return { ok: false };
    throw error;
  }
}

export async function createUser(
  by: Actor,
  user: { username: string; role: Role; passwordHash: string },
): Promise<{ ok: true; id: string } | { ok: false; kind: "taken" }> {
  const id = randomUUID();
  try {
    await database().$transaction(async (tx) => {
      await tx.user.create({ data: newUser(id, user.username, user.role, user.passwordHash) });
      await writeAudit(tx, by, "user.create", id, `Added the user ${user.username} as ${user.role}`);
    });
    return { ok: true, id };
  } catch (error) {
    if (isTaken(error)) return { ok: false, kind: "taken" };
    throw error;
  }
}

export function setRole(by: Actor, id: string, role: Role): Promise<UserChange> {
  return change(id, role !== "admin", async (tx, user) => {
    if (user.role === role) return;
    await tx.user.update({ where: { id }, data: { role } });
    await endSessions(tx, id);
    const text = `Changed the role of ${user.username} from ${user.role} to ${role}`;
    await writeAudit(tx, by, "user.role", id, text);
  });
}

export function setDisabled(by: Actor, id: string, disabled: boolean): Promise<UserChange> {
  return change(id, disabled, async (tx, user) => {
    if (user.disabled === disabled) return;
    await tx.user.update({ where: { id }, data: { disabled } });
    await endSessions(tx, id);
    const [action, word] = disabled ? ["user.disable", "Disabled"] : ["user.enable", "Enabled"];
    await writeAudit(tx, by, action, id, `${word} the user ${user.username}`);
  });
}

export function deleteUser(by: Actor, id: string): Promise<UserChange> {
  return change(id, true, async (tx, user) => {
    await tx.user.delete({ where: { id } });
    await writeAudit(tx, by, "user.delete", id, `Deleted the user ${user.username}`);
  });
}

/** Signs the user out everywhere, the one who changes an own password included. */
export function setPassword(by: Actor, id: string, passwordHash: string): Promise<UserChange> {
  return change(id, false, async (tx, user) => {
    await tx.account.updateMany({
      where: { userId: id, providerId: "credential" },
      data: { password: passwordHash },
    });
    await endSessions(tx, id);
    const own = by.userId === id;
    const text = own ? "Changed the own password" : `Reset the password of ${user.username}`;
    await writeAudit(tx, by, "user.password", id, text);
  });
}

export async function writeSignIn(by: Actor, action: "signIn" | "signIn.failed", text: string) {
  await writeAudit(database(), by, action, by.userId ?? "", text);
}

/**
 * Whether a session that was just made may stay: what its user was let in with is the password still. Who changes that, or
 * disables the user, ends the sessions that there are; this one ends here where it came after that.
 */
export async function confirmSession(token: string, passwordHash: string | null): Promise<boolean> {
  return database().$transaction(async (tx) => {
    await lock(tx, "accounts");
    const accounts = { where: { providerId: "credential" }, select: { password: true } };
    const session = await tx.session.findUnique({
      where: { token },
      select: { user: { select: { disabled: true, accounts } } },
    });
    const { disabled = true, accounts: [own] = [] } = session?.user ?? {};
    if (passwordHash !== null && own?.password === passwordHash && !disabled) return true;
    await tx.session.deleteMany({ where: { token } });
    return false;
  });
}

/** Ends one session, and forgets all that have run out: nothing else ever looks at those again. */
export async function endSession(token: string, now: Date): Promise<void> {
  await database().session.deleteMany({ where: { OR: [{ token }, { expiresAt: { lte: now } }] } });
}

/** Throws when sessions cannot be read. */
export async function readSessions(): Promise<void> {
  await database().session.findFirst({ select: { id: true } });
}

/** One change of one user; `weakens` when it may leave nobody who can administrate. */
function change(
  id: string,
  weakens: boolean,
  run: (tx: Tx, user: UserInfo) => Promise<void>,
): Promise<UserChange> {
  return database().$transaction(async (tx) => {
    await lock(tx, "accounts");
    const row = await tx.user.findUnique({ where: { id }, select: columns });
    if (!row) return { ok: false, kind: "missing" } as const;
    const user = toUser(row);
    if (weakens && user.role === "admin" && !user.disabled) {
      const others = await tx.user.count({ where: { role: "admin", disabled: false, NOT: { id } } });
      if (others === 0) return { ok: false, kind: "lastAdmin" } as const;
    }
    await run(tx, user);
    return { ok: true } as const;
  });
}

async function endSessions(tx: Tx, userId: string): Promise<void> {
  await tx.session.deleteMany({ where: { userId } });
}

/** In the shape that better-auth reads: it wants an e-mail address, which nobody sees. */
function newUser(id: string, username: string, role: Role, password: string): Prisma.UserCreateInput {
  return {
    id,
    name: username,
    username,
    displayUsername: username,
    email: `${id}@users.invalid`,
    role,
    accounts: { create: { id: randomUUID(), accountId: id, providerId: "credential", password } },
  };
}
