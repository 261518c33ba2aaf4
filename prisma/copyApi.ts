import { type ApiDefinition, mapAllSecrets, secretIds } from "#lib/edit/api";
import { parseDefinition } from "#lib/schemas/definition";
import { withLabels } from "#lib/wso2/apiLabels";
import { asConflict, createApiIn } from "./apis";
import type { Actor } from "./audit";
import { database } from "./db";
import { columns, toDraft } from "./documents";
import type { Prisma } from "./generated/client";
import { lock } from "./lock";
import type { Conflict, Invalid, Missing } from "./refusals";

/**
 * Makes another version of an API: a draft that is the same in all else, credentials too. It has no revisions and no
 * subscriptions, and its life cycle begins anew. What is there stays as it is.
 */
export async function copyApi(
  id: string,
  { version, isDefaultVersion }: { version: string; isDefaultVersion: boolean },
  by: Actor,
): Promise<{ ok: true; id: string } | Invalid | Conflict | Missing> {
  let definition: ApiDefinition | undefined;
  try {
    return await database().$transaction(async (tx) => {
      // Whoever deletes it meanwhile would take the credentials with it.
      await lock(tx, `api:${id}`);
      const row = await tx.api.findUnique({ where: { id } });
      if (!row) return { ok: false, kind: "missing" } as const;
      const own = withLabels(toDraft(row).definition, { lifeCycleStatus: "CREATED" });
      const parsed = parseDefinition({ ...own, version, isDefaultVersion });
      if (!parsed.ok) return { ok: false, kind: "invalid", problems: parsed.problems } as const;
      definition = parsed.definition;
      return { ok: true, id: await copyIn(tx, id, definition, by) } as const;
    });
  } catch (error) {
    if (!definition) throw error;
    return await asConflict(error, definition);
  }
}

async function copyIn(
  tx: Prisma.TransactionClient,
  id: string,
  definition: ApiDefinition,
  by: Actor,
): Promise<string> {
  const bare = mapAllSecrets(definition, () => null);
  const copyId = await createApiIn(tx, bare, by);
  const secrets = await copySecrets(tx, { from: id, to: copyId }, secretIds(definition));
  const full = mapAllSecrets(definition, (ref) => ("id" in ref ? (secrets.get(ref.id) ?? null) : ref));
  await tx.api.update({ where: { id: copyId }, data: columns(full) });
  return copyId;
}

/** By id of the one that was copied. Secrets are an API's own, so that none ends with another. */
async function copySecrets(
  tx: Prisma.TransactionClient,
  { from, to }: { from: string; to: string },
  ids: readonly string[],
): Promise<ReadonlyMap<string, { id: string }>> {
  const rows = await tx.secret.findMany({ where: { apiId: from, id: { in: [...ids] } } });
  const copies = new Map<string, { id: string }>();
  for (const { id, sealed } of rows)
    copies.set(id, await tx.secret.create({ data: { apiId: to, sealed }, select: { id: true } }));
  return copies;
}
