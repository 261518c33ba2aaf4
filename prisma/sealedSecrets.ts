import { type ApiDefinition, mapAllSecrets, type Problem, secretIds } from "#lib/edit/api";
import { keyFor, seal, unseal } from "#lib/node/secret";
import type { Prisma, PrismaClient } from "./generated/client";
import { ownSecret } from "./ownSecret";

/** Credentials towards backends: sealed rows of their API, which documents name by id. */

/** What their key is derived for. */
export const CREDENTIALS = "backend-credentials";

type Stored = { ok: true; definition: ApiDefinition } | { ok: false; problems: Problem[] };

/**
 * Turns every secret that came in plain into a sealed row of the API, so that the definition that is returned and
 * stored holds ids only. Ids that are not of this API's rows are problems: nobody borrows what others entered.
 */
export async function storeSecrets(
  tx: Pick<Prisma.TransactionClient, "secret">,
  apiId: string,
  definition: ApiDefinition,
): Promise<Stored> {
  const problems = await foreignSecrets(tx, apiId, definition);
  if (problems.length > 0) return { ok: false, problems };
  const plain: string[] = [];
  mapAllSecrets(definition, (ref) => {
    if ("plain" in ref) plain.push(ref.plain);
    return ref;
  });
  if (plain.length === 0) return { ok: true, definition };
  const key = keyFor(ownSecret(), CREDENTIALS);
  const ids = new Map<string, string>();
  for (const text of new Set(plain)) {
    const { id } = await tx.secret.create({ data: { apiId, sealed: seal(key, text) }, select: { id: true } });
    ids.set(text, id);
  }
  const named = mapAllSecrets(definition, (ref) => ("plain" in ref ? { id: ids.get(ref.plain)! } : ref));
  return { ok: true, definition: named };
}

/** The named secrets that are not this API's, as problems; empty when all are. */
export async function foreignSecrets(
  tx: Pick<Prisma.TransactionClient, "secret">,
  apiId: string,
  definition: ApiDefinition,
): Promise<Problem[]> {
  const ids = secretIds(definition);
  if (ids.length === 0) return [];
  const own = await tx.secret.count({ where: { apiId, id: { in: ids } } });
  if (own === ids.length) return [];
  return [
    { path: ["endpoints"], message: "A stored password or key is not one of this API's. Enter it anew." },
  ];
}

/** For the gateway: the plain texts by id, of one API. One that cannot be read is left out. */
export async function readSecrets(
  db: PrismaClient,
  secret: Buffer,
  apiId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  if (ids.length === 0) return texts;
  const key = keyFor(secret, CREDENTIALS);
  const rows = await db.secret.findMany({ where: { apiId, id: { in: [...ids] } } });
  for (const { id, sealed } of rows) {
    const text = unseal(key, sealed);
    if (text !== null) texts.set(id, text);
  }
  return texts;
}
