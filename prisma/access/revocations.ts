import { IssuerInput, MAX_VALIDITY_SECONDS, REVOCATION_MARGIN_MS } from "#lib/access/tokens";
import type { Problem } from "#lib/edit/api";
import { zodProblems } from "#lib/schemas/definition";
import { type Actor, writeAudit } from "../audit";
import { databaseTime } from "../clock";
import { database } from "../db";
import type { Prisma } from "../generated/client";
import { raiseGeneration } from "../generation";
import { lock } from "../lock";
import type { Conflict, Invalid, Missing } from "../refusals";
import { isMissing, isTaken } from "../taken";
import { builtInIssuer, revokedBefore } from "./signing";

/**
 * What ends tokens, and whose tokens are accepted. Each write tells the gateway by a Change row and people by an
 * AuditEntry, in one transaction (docs/design.md section 4.6). `generation` is what the gateway reports once
 * it knows.
 */

export interface StoredIssuer extends IssuerInput {
  id: string;
  createdAt: Date;
}

type Transaction = Prisma.TransactionClient;

/** Ends one token, by its `jti`. `expiresAt` is when it would have ended anyway; after that nobody remembers it. */
export async function revokeToken(
  id: string,
  expiresAt: Date,
  by: Actor,
  given?: Date,
): Promise<{ generation: number }> {
  return record(by, "token.revoke", id, "Revoked a token", async (tx) => {
    const now = given ?? (await databaseTime(tx));
    await forgetExpired(tx, now);
    // Saying it twice changes nothing.
    await tx.revocation.deleteMany({ where: { kind: "token", value: id } });
    await tx.revocation.create({ data: { kind: "token", value: id, issuedBefore: now, expiresAt } });
  });
}

const ADAPTER = "adapter";

/** The same for a token of the adapter API, which no gateway takes: none has to learn of it. */
export async function revokeAdapterToken(id: string, expiresAt: Date, by: Actor): Promise<void> {
  await database().$transaction(async (tx) => {
    const now = await databaseTime(tx);
    await forgetExpired(tx, now);
    await tx.revocation.deleteMany({ where: { kind: ADAPTER, value: id } });
    await tx.revocation.create({ data: { kind: ADAPTER, value: id, issuedBefore: now, expiresAt } });
    await writeAudit(tx, by, "token.revoke", id, "Revoked a token of the adapter API");
  });
}

export async function isAdapterTokenRevoked(id: string): Promise<boolean> {
  return (await database().revocation.findFirst({ where: { kind: ADAPTER, value: id } })) !== null;
}

/** Ends all tokens of a client that were issued so far. Tokens issued later are not touched. */
export async function revokeClient(clientId: string, by: Actor): Promise<{ generation: number }> {
  const text = `Revoked the tokens of client ${clientId}`;
  return record(by, "token.revokeClient", clientId, text, (tx) => endClientTokens(tx, [clientId]));
}

/**
 * The same of several within a transaction that changes what they may do; its Change row is the caller's.
 *
 * Tokens are dated to whole seconds, those made in the second of a revocation to the next one (`signToken`). So that
 * another revocation within that second ends them too, it counts from there.
 */
export async function endClientTokens(
  tx: Pick<Transaction, "revocation" | "$executeRaw" | "$queryRaw">,
  clientIds: readonly string[],
): Promise<void> {
  const inOrder = [...clientIds].sort();
  // A token that is being signed comes before this, and ends with the others. All before anything is forgotten: who
  // waits for another's rows waits for no client any more.
  for (const clientId of inOrder) await lock(tx, `client:${clientId}`);
  const now = await databaseTime(tx);
  if (inOrder.length > 0) await forgetExpired(tx, now);
  for (const clientId of inOrder) {
    const last = await revokedBefore(tx, clientId);
    const newestToken = Math.max(now.getTime(), Math.ceil(last / 1000) * 1000);
    const issuedBefore = new Date(newestToken + 1);
    const expiresAt = new Date(issuedBefore.getTime() + MAX_VALIDITY_SECONDS * 1000);
    // The latest one says all that the earlier ones did.
    await tx.revocation.deleteMany({ where: { kind: "client", value: clientId } });
    await tx.revocation.create({ data: { kind: "client", value: clientId, issuedBefore, expiresAt } });
  }
}

/** All external issuers, by name. */
export async function listIssuers(): Promise<StoredIssuer[]> {
  const rows = await database().issuer.findMany({ orderBy: { name: "asc" } });
  return rows.map((row) => ({
    ...row,
    audiences: IssuerInput.shape.audiences.parse(JSON.parse(row.audiences)),
  }));
}

/** Adds an external issuer, or changes the one with this id. */
export async function saveIssuer(
  input: unknown,
  by: Actor,
  id?: string,
): Promise<{ ok: true; id: string; generation: number } | Invalid | Conflict | Missing> {
  const parsed = IssuerInput.safeParse(input);
  if (!parsed.success) return { ok: false, kind: "invalid", problems: zodProblems(parsed.error) };
  const { data } = parsed;
  if (data.issuer === builtInIssuer()) {
    return conflict("issuer", `${data.issuer} is Sluice's own issuer. Choose another.`);
  }
  const row = { ...data, audiences: JSON.stringify(data.audiences) };
  if (id !== undefined && !(await database().issuer.findUnique({ where: { id } }))) {
    return { ok: false, kind: "missing" };
  }
  try {
    let saved = id ?? "";
    const { generation } = await record(
      by,
      id === undefined ? "issuer.create" : "issuer.update",
      () => saved,
      `${id === undefined ? "Added" : "Changed"} the issuer ${data.name}`,
      async (tx) => {
        const { id: written } =
          id === undefined
            ? await tx.issuer.create({ data: row })
            : await tx.issuer.update({ where: { id }, data: row });
        saved = written;
      },
    );
    return { ok: true, id: saved, generation };
  } catch (error) {
    if (isMissing(error)) return { ok: false, kind: "missing" };
    if (!isTaken(error)) throw error;
    const named = await database().issuer.findFirst({
      where: { name: data.name, NOT: id === undefined ? undefined : { id } },
    });
    return named
      ? conflict("name", `There is already an issuer named ${data.name}. Choose another name.`)
      : conflict("issuer", `${data.issuer} is already accepted. Change that entry instead.`);
  }
}

/** Its tokens are refused from then on, those that were accepted before included. */
export async function deleteIssuer(
  id: string,
  by: Actor,
): Promise<{ ok: true; generation: number } | Missing> {
  const issuer = await database().issuer.findUnique({ where: { id } });
  if (!issuer) return { ok: false, kind: "missing" };
  try {
    const { generation } = await record(by, "issuer.delete", id, `Removed the issuer ${issuer.name}`, (tx) =>
      tx.issuer.delete({ where: { id } }),
    );
    return { ok: true, generation };
  } catch (error) {
    if (isMissing(error)) return { ok: false, kind: "missing" };
    throw error;
  }
}

async function record(
  by: Actor,
  action: string,
  subject: string | (() => string),
  text: string,
  write: (tx: Transaction) => Promise<unknown>,
): Promise<{ generation: number }> {
  return database().$transaction(async (tx) => {
    await write(tx);
    const about = typeof subject === "string" ? subject : subject();
    await writeAudit(tx, by, action, about, text);
    return { generation: await raiseGeneration(tx, action) };
  });
}

/**
 * Forgets what ended tokens that would be over by now. A clock that jumps ahead while this process runs is not
 * believed: what it takes for over comes back when the clock does.
 */
async function forgetExpired(tx: Pick<Transaction, "revocation">, now: Date): Promise<void> {
  const steady = performance.timeOrigin + performance.now();
  const ended = new Date(Math.min(now.getTime(), steady) - REVOCATION_MARGIN_MS);
  await tx.revocation.deleteMany({ where: { expiresAt: { lte: ended } } });
}

function conflict(field: string, message: string): Conflict {
  const problems: Problem[] = [{ path: [field], message }];
  return { ok: false, kind: "conflict", problems };
}
