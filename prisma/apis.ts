import { type ApiDefinition, basePath, mapAllSecrets, type Problem, sameDefinition } from "#lib/edit/api";
import { parseGiven } from "#lib/schemas/definition";
import { BLOCKED } from "#lib/wso2/lifeCycle";
import { endClientTokens } from "./access/revocations";
import { type Actor, writeAudit } from "./audit";
import { database } from "./db";
import { columns, parseText, problemText, type StoredDraft, titleOf, toDraft } from "./documents";
import type { Prisma } from "./generated/client";
import { raiseGeneration } from "./generation";
import { setLive } from "./livePaths";
import { lock } from "./lock";
import type { Conflict, Invalid, Missing } from "./refusals";
import { storeSecrets } from "./sealedSecrets";
import { containing } from "./searching";
import { isTaken } from "./taken";

/**
 * APIs as such: their list, one of them, making and deleting them. Expected failures come back as values; whatever
 * throws is a bug or a broken database.
 */

export interface Deployed {
  revision: number;
  /** When this deployment row was written. */
  since: Date;
}

export interface ApiDetail extends StoredDraft {
  /** What runs now; null when nothing does. */
  live: (Deployed & { definition: ApiDefinition | null }) | null;
  /** Callers get 503, whatever is live. */
  blocked: boolean;
  /** Draft and live revision differ. Also true while nothing is live. */
  changed: boolean;
}

export interface ApiListItem {
  id: string;
  name: string;
  version: string;
  context: string;
  basePath: string;
  live: Deployed | null;
  /** Callers get 503, whatever is live. */
  blocked: boolean;
  changed: boolean;
}

export const newestDeployment = {
  deployments: { orderBy: { id: "desc" }, take: 1, include: { revision: true } },
} as const satisfies Prisma.ApiInclude;

type ApiRow = Prisma.ApiGetPayload<{ include: typeof newestDeployment }>;

/** One page of APIs whose name or context contains `search`, by name; `total` counts all that match. */
export async function listApis(options: { search?: string; page?: number; pageSize?: number } = {}) {
  const { search = "", page = 1, pageSize = 25 } = options;
  const where: Prisma.ApiWhereInput = search
    ? { OR: [{ name: containing(search) }, { basePath: containing(search) }] }
    : {};
  const [total, rows] = await Promise.all([
    database().api.count({ where }),
    database().api.findMany({
      where,
      orderBy: [{ name: "asc" }, { version: "asc" }],
      skip: (page - 1) * pageSize,
      take: pageSize,
      include: newestDeployment,
    }),
  ]);
  const apis = rows.map((row): ApiListItem => {
    const revision = row.deployments[0]?.revision;
    return {
      id: row.id,
      name: row.name,
      version: row.version,
      context: row.context,
      basePath: row.basePath,
      live: liveOf(row),
      blocked: row.lifeCycle === BLOCKED,
      // Both texts were written by the same serializer from parsed values, so text equality is enough here.
      changed: revision?.definition !== row.draft,
    };
  });
  return { total, apis };
}

/** One API with its draft and what is live; null when there is none of that id. */
export async function getApi(id: string): Promise<ApiDetail | null> {
  const row = await database().api.findUnique({ where: { id }, include: newestDeployment });
  if (!row) return null;
  const draft = toDraft(row);
  const live = liveOf(row);
  const text = row.deployments[0]?.revision?.definition;
  const parsed = text === undefined ? null : parseText(text);
  const definition = parsed?.ok ? parsed.definition : null;
  return {
    ...draft,
    blocked: row.lifeCycle === BLOCKED,
    live: live && { ...live, definition },
    changed: !definition || !sameDefinition(definition, draft.definition),
  };
}

/** Makes an API with its first draft. Taken names and paths come back as problems of their fields. */
export async function createApi(
  input: unknown,
  by: Actor,
): Promise<{ ok: true; id: string } | Invalid | Conflict> {
  const parsed = parseGiven(input);
  if (!parsed.ok) return { ok: false, kind: "invalid", problems: parsed.problems };
  const { definition } = parsed;
  try {
    const id = await database().$transaction((tx) => createApiIn(tx, definition, by));
    return { ok: true, id };
  } catch (error) {
    return await asConflict(error, definition);
  }
}

/** The same in a transaction of the caller's, which has to end where this throws: `asConflict` says why. */
export async function createApiIn(
  tx: Prisma.TransactionClient,
  definition: ApiDefinition,
  by: Actor,
): Promise<string> {
  // Secrets belong to an API that is there; its draft names them in the same transaction.
  const { id } = await tx.api.create({ data: columns(mapAllSecrets(definition, () => null)) });
  const stored = await storeSecrets(tx, id, definition);
  if (!stored.ok) throw new Refused(stored.problems);
  await tx.api.update({ where: { id }, data: columns(stored.definition) });
  await writeAudit(tx, by, "api.create", id, `Created ${titleOf(definition)}`);
  return id;
}

/** Which of name+version and context+version are taken by another API, as problems of their fields. */
export async function findConflicts(
  api: Pick<ApiDefinition, "name" | "version" | "context">,
  exceptId?: string,
): Promise<Problem[]> {
  const others = await database().api.findMany({
    where: {
      NOT: exceptId ? { id: exceptId } : undefined,
      OR: [{ name: api.name, version: api.version }, { basePath: basePath(api) }],
    },
    select: { name: true, version: true, basePath: true },
  });
  const problems: Problem[] = [];
  if (others.some((o) => o.name === api.name && o.version === api.version)) {
    problems.push({
      path: ["name"],
      message: `There is already an API named ${api.name} with version ${api.version}. Choose another name or version.`,
    });
  }
  const path = others.find((o) => o.basePath === basePath(api));
  if (path) {
    problems.push({
      path: ["context"],
      message: `${path.basePath} already belongs to ${path.name} ${path.version}. Choose another context or version.`,
    });
  }
  return problems;
}

/** Deletes an API with its revisions and log. */
export async function deleteApi(id: string, by: Actor): Promise<{ ok: true; generation: number } | Missing> {
  return database().$transaction(async (tx) => {
    await lock(tx, `api:${id}`);
    const row = await tx.api.findUnique({ where: { id }, select: { name: true, version: true } });
    if (!row) return { ok: false, kind: "missing" } as const;
    // Tokens name APIs by name, context and version: they must not open one that comes after this.
    await endTokensFor(tx, id);
    await setLive(tx, id, null);
    // The log names revisions, so it goes first; SQLite checks that restriction at once, also in a cascade.
    await tx.deployment.deleteMany({ where: { apiId: id } });
    await tx.api.delete({ where: { id } });
    await writeAudit(tx, by, "api.delete", id, `Deleted ${titleOf(row)}`);
    return { ok: true, generation: await raiseGeneration(tx, "delete") } as const;
  });
}

/** Ends the tokens of all who are subscribed. Nobody comes or goes meanwhile, nor gets keys. */
async function endTokensFor(tx: Prisma.TransactionClient, apiId: string): Promise<void> {
  const subscribed = { subscriptions: { some: { apiId } } };
  const found = await tx.application.findMany({
    where: subscribed,
    orderBy: { id: "asc" },
    select: { id: true },
  });
  for (const application of found) await lock(tx, `application:${application.id}`);
  const keys = await tx.applicationKey.findMany({ where: { application: subscribed } });
  await endClientTokens(
    tx,
    keys.map(({ clientId }) => clientId),
  );
}

function liveOf(row: ApiRow): Deployed | null {
  const newest = row.deployments[0];
  return newest?.revision ? { revision: newest.revision.number, since: newest.createdAt } : null;
}

/** Ends a transaction that has to leave nothing behind. */
export class Refused extends Error {
  constructor(readonly problems: Problem[]) {
    super(problemText(problems));
  }
}

export async function asConflict(
  error: unknown,
  definition: ApiDefinition,
  id?: string,
): Promise<Conflict | Invalid> {
  if (error instanceof Refused) return { ok: false, kind: "invalid", problems: error.problems };
  if (!isTaken(error)) throw error;
  const found = await findConflicts(definition, id);
  // What was in the way may be gone by now.
  const message = "Somebody else has written the same at this moment. Try again.";
  const problems = found.length > 0 ? found : [{ path: [], message }];
  return { ok: false, kind: "conflict", problems };
}
