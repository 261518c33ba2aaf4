import { z } from "zod";
import { writtenSets } from "#lib/access/scopes";
import {
  type ApiDefinition,
  basePath,
  deployProblems,
  fromForms,
  mapAllSecrets,
  type Problem,
  sameDefinition,
} from "#lib/edit/api";
import { parseDefinition } from "#lib/schemas/definition";
import { diff } from "#lib/tell/diff";
import { endClientTokens } from "./access/revocations";
import { type Actor, writeAudit } from "./audit";
import { database } from "./db";
import { keepDraft } from "./drafts";
import { Prisma } from "./generated/client";
import type { Conflict, Invalid, Missing } from "./refusals";
import { foreignSecrets, storeSecrets } from "./sealedSecrets";

/**
 * All writes and the publisher's reads. Expected failures come back as values; whatever throws is a bug
 * or a broken database. Documents are parsed in both directions (docs/design.md section 4.7).
 */

export type { Conflict, Invalid, Missing } from "./refusals";
/** Somebody saved in between: their version comes back, the caller keeps its own. */
export type Stale = { ok: false; kind: "stale"; theirs: StoredDraft };

export interface Deployed {
  revision: number;
  /** When this deployment row was written. */
  since: Date;
}

export interface StoredDraft {
  id: string;
  definition: ApiDefinition;
  /** Counts saves; hand it back with the next save. */
  draftVersion: number;
  updatedAt: Date;
}

export interface ApiDetail extends StoredDraft {
  /** What runs now; null when nothing does. */
  live: (Deployed & { definition: ApiDefinition | null }) | null;
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
  changed: boolean;
}

/** A draft row that no longer parses is a row we did not write; the page says so instead of guessing. */
export class UnreadableRow extends Error {
  constructor(
    readonly apiId: string,
    problems: Problem[],
  ) {
    super(`The stored definition of API ${apiId} cannot be read: ${problemText(problems)}`);
    this.name = "UnreadableRow";
  }
}

/** Problems in one line, for logs and errors: "endpoints.production.endpoints.0.url: ...". */
export function problemText(problems: readonly Problem[]): string {
  return problems.map((p) => (p.path.length ? `${p.path.join(".")}: ${p.message}` : p.message)).join("; ");
}

const newestDeployment = {
  deployments: { orderBy: { id: "desc" }, take: 1, include: { revision: true } },
} as const satisfies Prisma.ApiInclude;

type ApiRow = Prisma.ApiGetPayload<{ include: typeof newestDeployment }>;

/** One page of APIs whose name or context contains `search`, by name; `total` counts all that match. */
export async function listApis(options: { search?: string; page?: number; pageSize?: number } = {}) {
  const { search = "", page = 1, pageSize = 25 } = options;
  const where: Prisma.ApiWhereInput = search
    ? { OR: [{ name: { contains: search } }, { basePath: { contains: search } }] }
    : {};
  const [total, rows] = await database().$transaction([
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
    live: live && { ...live, definition },
    changed: !definition || !sameDefinition(definition, draft.definition),
  };
}

/** Makes an API with its first draft. Taken names and paths come back as problems of their fields. */
export async function createApi(
  input: unknown,
  by: Actor,
): Promise<{ ok: true; id: string } | Invalid | Conflict> {
  const parsed = parseDefinition(input);
  if (!parsed.ok) return { ok: false, kind: "invalid", problems: parsed.problems };
  const { definition } = parsed;
  try {
    return await database().$transaction(async (tx) => {
      // Secrets belong to an API that is there; its draft names them in the same transaction.
      const { id } = await tx.api.create({ data: columns(mapAllSecrets(definition, () => null)) });
      const stored = await storeSecrets(tx, id, definition);
      if (!stored.ok) throw new Refused(stored.problems);
      await tx.api.update({ where: { id }, data: columns(stored.definition) });
      await writeAudit(tx, by, "api.create", id, `Created ${titleOf(definition)}`);
      return { ok: true, id };
    });
  } catch (error) {
    return await asConflict(error, definition);
  }
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

/** Saves a draft that started from `baseVersion`. From forms comes only what those edit (`forForms`). */
export async function saveDraft(
  id: string,
  input: unknown,
  baseVersion: number,
  by: Actor,
  options: { forms?: boolean } = {},
): Promise<{ ok: true; draft: StoredDraft } | Invalid | Conflict | Stale | Missing> {
  const parsed = parseDefinition(input);
  if (!parsed.ok) return { ok: false, kind: "invalid", problems: parsed.problems };
  let { definition } = parsed;
  try {
    return await database().$transaction(async (tx) => {
      const stored = await tx.api.findUnique({ where: { id } });
      if (!stored) return { ok: false, kind: "missing" };
      if (options.forms) definition = fromForms(definition, toDraft(stored).definition);
      const text = storedText(definition);
      // A save that changes nothing makes nobody else's page stale.
      if (stored.draft === text && stored.draftVersion === baseVersion)
        return { ok: true, draft: toDraft(stored) };
      if (stored.draftVersion !== baseVersion) return { ok: false, kind: "stale", theirs: toDraft(stored) };
      const named = await storeSecrets(tx, id, definition);
      if (!named.ok) return { ok: false, kind: "invalid", problems: named.problems };
      // One statement: whether the version still matches is decided where it is written.
      const { count } = await tx.api.updateMany({
        where: { id, draftVersion: baseVersion },
        data: { ...columns(named.definition), draftVersion: baseVersion + 1 },
      });
      if (count === 0) return { ok: false, kind: "stale", theirs: toDraft(stored) };
      const before = parseText(stored.draft);
      const changes = before.ok ? diff(before.definition, named.definition) : [];
      await keepDraft(tx, id, stored.draft, by, changes);
      const words = changes.length > 0 ? `: ${changes.join("; ")}` : "";
      await writeAudit(tx, by, "api.save", id, `Saved ${titleOf(definition)}${words}`);
      const row = await tx.api.findUniqueOrThrow({ where: { id } });
      return { ok: true, draft: toDraft(row) };
    });
  } catch (error) {
    return await asConflict(error, definition, id);
  }
}

/**
 * Deploys the draft: a Revision (the newest is reused when equal), a Deployment and a Change in one
 * transaction. `generation` is what the gateway will report once it has seen it. With `draftVersion` only
 * that draft is deployed, not one that somebody saved in between.
 */
export async function deploy(
  id: string,
  options: { by: Actor; note?: string; draftVersion?: number },
): Promise<{ ok: true; revision: number; generation: number } | Invalid | Stale | Missing> {
  const { by, note = "", draftVersion } = options;
  const author = by.username;
  return database().$transaction(async (tx) => {
    const row = await tx.api.findUnique({
      where: { id },
      include: { revisions: { orderBy: { number: "desc" }, take: 1 } },
    });
    if (!row) return { ok: false, kind: "missing" } as const;
    const draft = toDraft(row);
    if (draftVersion !== undefined && draft.draftVersion !== draftVersion) {
      return { ok: false, kind: "stale", theirs: draft } as const;
    }
    const { definition } = draft;
    const problems = [
      ...deployProblems(definition),
      ...(await foreignSecrets(tx, id, definition)),
      ...(await takenPath(tx, id, definition)),
    ];
    if (problems.length > 0) return { ok: false, kind: "invalid", problems } as const;
    const text = storedText(definition);
    const newest = row.revisions[0];
    const revision =
      newest && newest.definition === text
        ? newest
        : await tx.revision.create({
            data: { apiId: id, number: (newest?.number ?? 0) + 1, definition: text, author, note },
          });
    const generation = await goLive(tx, id, revision, by, note);
    await writeAudit(tx, by, "api.deploy", id, `Deployed r${revision.number} of ${titleOf(definition)}`);
    return { ok: true, revision: revision.number, generation } as const;
  });
}

const ServedAt = z.object({ context: z.string(), version: z.string() });

/**
 * The API that answers at the path of a definition now, if that is another one. Drafts have paths of their own, and what
 * is live may have that of an earlier draft, which somebody else has taken since.
 */
export async function takenPath(
  tx: Prisma.TransactionClient,
  id: string,
  definition: ApiDefinition,
): Promise<Problem[]> {
  const path = basePath(definition);
  const rows = await tx.$queryRaw<{ name: string; version: string; number: bigint; at: string | null }[]>`
    SELECT a."name", a."version", r."number", CASE WHEN json_valid(r."definition") THEN json_object(
      'context', json_extract(r."definition", '$.context'),
      'version', json_extract(r."definition", '$.version')) END AS "at"
    FROM "Deployment" d JOIN "Revision" r ON r."id" = d."revisionId" JOIN "Api" a ON a."id" = d."apiId"
    WHERE d."id" IN (SELECT MAX("id") FROM "Deployment" GROUP BY "apiId") AND d."apiId" <> ${id}`;
  const owner = rows.find(({ at }) => {
    // What is no definition is not served.
    const live = ServedAt.safeParse(JSON.parse(at ?? "null"));
    return live.success && basePath(live.data) === path;
  });
  if (!owner) return [];
  const title = `${owner.name} ${owner.version}`;
  return [
    {
      path: ["context"],
      message: `${path} is served by ${title} (r${owner.number}) now. Deploy ${title} at another path, or undeploy it, first.`,
    },
  ];
}

/** Revisions that are kept beside the live one. */
const KEPT_REVISIONS = 50;

/**
 * Writes that a revision is live from now on, with the Change that tells the gateway, and removes revisions beyond
 * the newest 50; the one that is live stays. Returns the generation.
 */
export async function goLive(
  tx: Prisma.TransactionClient,
  apiId: string,
  revision: { id: string; number: number },
  by: Actor,
  note: string,
): Promise<number> {
  const data = { apiId, revisionId: revision.id, revisionNumber: revision.number, author: by.username, note };
  await tx.deployment.create({ data });
  const oldest = await tx.revision.findFirst({
    where: { apiId },
    orderBy: { number: "desc" },
    skip: KEPT_REVISIONS,
    select: { number: true },
  });
  if (oldest) {
    await tx.revision.deleteMany({
      where: { apiId, number: { lte: oldest.number }, NOT: { id: revision.id } },
    });
  }
  return (await tx.change.create({ data: { kind: "deploy" } })).id;
}

/** Takes the API off the gateway: a Deployment without revision. Nothing to do when nothing is live. */
export async function undeploy(id: string, by: Actor): Promise<{ ok: true; generation: number } | Missing> {
  return database().$transaction(async (tx) => {
    const row = await tx.api.findUnique({ where: { id }, include: newestDeployment });
    if (!row) return { ok: false, kind: "missing" } as const;
    if (row.deployments[0]?.revisionId) {
      await tx.deployment.create({ data: { apiId: id, author: by.username } });
      await writeAudit(tx, by, "api.undeploy", id, `Undeployed ${titleOf(row)}`);
    }
    const change = await tx.change.create({ data: { kind: "undeploy" } });
    return { ok: true, generation: change.id } as const;
  });
}

/** Deletes an API with its revisions and log. */
export async function deleteApi(id: string, by: Actor): Promise<{ ok: true; generation: number } | Missing> {
  return database().$transaction(async (tx) => {
    const row = await tx.api.findUnique({ where: { id }, select: { name: true, version: true } });
    if (!row) return { ok: false, kind: "missing" } as const;
    // Tokens name APIs by name, context and version: they must not open one that comes after this.
    const subscribed = { application: { subscriptions: { some: { apiId: id } } } };
    const now = new Date();
    for (const { clientId } of await tx.applicationKey.findMany({ where: subscribed })) {
      await endClientTokens(tx, clientId, now);
    }
    // The log names revisions, so it goes first; SQLite checks that restriction at once, also in a cascade.
    await tx.deployment.deleteMany({ where: { apiId: id } });
    await tx.api.delete({ where: { id } });
    const change = await tx.change.create({ data: { kind: "delete" } });
    await writeAudit(tx, by, "api.delete", id, `Deleted ${titleOf(row)}`);
    return { ok: true, generation: change.id } as const;
  });
}

export const titleOf = ({ name, version }: { name: string; version: string }) => `${name} ${version}`;

/**
 * How a definition is stored. Scopes that are enough by themselves are plain texts, as before there were sets: what did
 * not change is the same text, and a gateway of the version before reads it.
 */
function storedText(definition: ApiDefinition): string {
  const resources = definition.resources.map((r) =>
    r.scopes.length > 0 ? { ...r, scopes: writtenSets(r.scopes) } : r,
  );
  return JSON.stringify({ ...definition, resources });
}

function columns(definition: ApiDefinition) {
  return {
    name: definition.name,
    version: definition.version,
    context: definition.context,
    basePath: basePath(definition),
    draft: storedText(definition),
  };
}

function liveOf(row: ApiRow): Deployed | null {
  const newest = row.deployments[0];
  return newest?.revision ? { revision: newest.revision.number, since: newest.createdAt } : null;
}

function toDraft(row: { id: string; draft: string; draftVersion: number; updatedAt: Date }): StoredDraft {
  const parsed = parseText(row.draft);
  if (!parsed.ok) throw new UnreadableRow(row.id, parsed.problems);
  return {
    id: row.id,
    definition: parsed.definition,
    draftVersion: row.draftVersion,
    updatedAt: row.updatedAt,
  };
}

/** A stored document, parsed. Text that is not JSON is a problem like any other. */
export function parseText(text: string) {
  try {
    return parseDefinition(JSON.parse(text));
  } catch {
    return { ok: false as const, problems: [{ path: [], message: "The stored document is not JSON." }] };
  }
}

/** Ends a transaction that has to leave nothing behind. */
class Refused extends Error {
  constructor(readonly problems: Problem[]) {
    super(problemText(problems));
  }
}

async function asConflict(
  error: unknown,
  definition: ApiDefinition,
  id?: string,
): Promise<Conflict | Invalid> {
  if (error instanceof Refused) return { ok: false, kind: "invalid", problems: error.problems };
  if (!(error instanceof Prisma.PrismaClientKnownRequestError) || error.code !== "P2002") throw error;
  const problems = await findConflicts(definition, id);
  return { ok: false, kind: "conflict", problems };
}
