import { type ApiDefinition, basePath, type Problem, unversionedPath } from "#lib/edit/api";
import { type PathOwner, shortPathWords, takenWords } from "#lib/tell/pathOwner";
import { database } from "./db";
import type { Prisma } from "./generated/client";
import { lock } from "./lock";
import type { Invalid } from "./refusals";
import { ifStill, isTaken } from "./taken";

/**
 * Which APIs are live, and whose each path is (docs/decisions/027-path-owner.md). A path is that of the API whose own
 * it is, of several the one that had it first; else that of the default version that came first. Whatever makes an API
 * live, or ends it, says so here, before the generation is raised.
 */

/** What a live revision asks for; all null where it cannot be read. */
export interface Claims {
  path: string | null;
  /** Of a default version. */
  unversioned: string | null;
}

/** The paths that a definition asks for. */
export function claimsOf(definition: ApiDefinition | null): Claims {
  if (!definition) return { path: null, unversioned: null };
  const unversioned = definition.isDefaultVersion ? unversionedPath(definition) : null;
  return { path: basePath(definition), unversioned };
}

/** Somebody else got the path since it was looked for. It ends the transaction: `deploying` tells it. */
export class PathTaken extends Error {
  constructor(
    private readonly apiId: string,
    private readonly path: string,
  ) {
    super(`${path} is taken.`);
  }

  async problems(): Promise<Problem[]> {
    const found = await takenPath(database(), this.apiId, this.path);
    if (found.length > 0) return found;
    const message = `Somebody else has deployed at ${this.path} at this moment. Try again.`;
    return [{ path: ["context"], message }];
  }
}

/** A transaction in which something may go live; that it lost its path to another one meanwhile is told as a problem. */
export async function deploying<T>(work: (tx: Prisma.TransactionClient) => Promise<T>): Promise<T | Invalid> {
  try {
    return await database().$transaction(work);
  } catch (error) {
    if (!(error instanceof PathTaken)) throw error;
    return { ok: false, kind: "invalid", problems: await error.problems() };
  }
}

type Looking = Pick<Prisma.TransactionClient, "livePath" | "live">;

const ownerRow = {
  api: {
    select: {
      name: true,
      version: true,
      live: { select: { deployment: { select: { revision: { select: { number: true } } } } } },
    },
  },
} as const satisfies Prisma.LivePathInclude;

/** Null where it is gone by now. */
async function findOwner(db: Looking, where: Prisma.LivePathWhereInput): Promise<PathOwner | null> {
  const row = await db.livePath.findFirst({ where, include: ownerRow });
  const api = row && ifStill(row.api);
  if (!api) return null;
  const deployment = api.live && ifStill(api.live.deployment);
  return { name: api.name, version: api.version, revision: deployment?.revision?.number ?? 0 };
}

/** That a path is another API's own, as a problem; none where it is free, or answers for a default version only. */
export async function takenPath(db: Looking, apiId: string, path: string): Promise<Problem[]> {
  const owner = await findOwner(db, { path, isOwn: true, apiId: { not: apiId } });
  return owner ? [{ path: ["context"], message: takenWords(path, owner) }] : [];
}

/** What a live default version that does not answer without its version is told; null for all others. */
export async function shortPathNotice(db: Looking, apiId: string): Promise<string | null> {
  const live = await db.live.findUnique({ where: { apiId } });
  if (!live?.path || !live.unversioned) return null;
  const owner = await findOwner(db, { path: live.unversioned, apiId: { not: apiId } });
  return owner && shortPathWords(live.unversioned, live.path, owner);
}

/**
 * Says what of an API is live from now on, and settles whose the paths are that it asks for and that it gives up. Throws
 * `PathTaken` where another API has its own path. `generation` is written once it is known: `wentLiveAt`.
 */
export async function setLive(
  tx: Prisma.TransactionClient,
  apiId: string,
  live: (Claims & { deploymentId: number }) | null,
): Promise<void> {
  // Whoever comes for the same waits until this transaction has ended, and sees what it did.
  await lock(tx, "paths");
  const before = await tx.live.findUnique({ where: { apiId } });
  const paths = pathsOf([before, live]);
  if (live) {
    const data = { ...live, generation: NOT_RAISED };
    await tx.live.upsert({ where: { apiId }, create: { apiId, ...data }, update: data });
  } else await tx.live.deleteMany({ where: { apiId } });
  const holders = await settle(tx, paths);
  const own = live?.path;
  if (own && holders.get(own)?.apiId !== apiId) throw new PathTaken(apiId, own);
}

/** Generation of what goes live in a transaction that has not raised it yet. */
export const NOT_RAISED = 0;

/** At which generation an API went live; 0 where it is not, or that is not known yet. */
export async function liveGeneration(
  db: Pick<Prisma.TransactionClient, "live">,
  apiId: string,
): Promise<number> {
  return (await db.live.findUnique({ where: { apiId } }))?.generation ?? 0;
}

/** Notes the generation at which an API went live: all that is written after it was raised, for only then it is known. */
export async function wentLiveAt(
  tx: Prisma.TransactionClient,
  apiId: string,
  generation: number,
): Promise<void> {
  await tx.live.update({ where: { apiId }, data: { generation } });
}

/** All paths that are asked for, each once. */
export function pathsOf(claims: readonly (Claims | null)[]): string[] {
  const all = claims.flatMap((one) => [one?.path ?? null, one?.unversioned ?? null]);
  return [...new Set(all.filter((path) => path !== null))];
}

interface Holder {
  apiId: string;
  isOwn: boolean;
}

const firstCome = { orderBy: { deploymentId: "asc" } } as const;

/**
 * Makes each of these paths that of the API which is to have it, by what is live; returns whose they are. Does nothing
 * the second time.
 */
export async function settle(
  tx: Prisma.TransactionClient,
  paths: readonly string[],
): Promise<ReadonlyMap<string, Holder>> {
  const holders = await holdersOf(tx, paths);
  const wished = new Map<string, Holder>();
  const give = (path: string, apiId: string, isOwn: boolean, keeps: boolean) => {
    if (keeps || !wished.has(path)) wished.set(path, { apiId, isOwn });
  };
  const own = await tx.live.findMany({ where: { path: { in: [...paths] } }, ...firstCome });
  for (const { path, apiId } of own) {
    const holder = path === null ? undefined : holders.get(path);
    if (path !== null) give(path, apiId, true, holder?.apiId === apiId && holder.isOwn);
  }
  const [taken, left] = [[...wished.keys()], paths.filter((path) => !wished.has(path))];
  await write(tx, taken, holders, wished);
  // Who is not served at its own path is not served at all.
  const claims = await tx.live.findMany({ where: { unversioned: { in: left } }, ...firstCome });
  const served = await holdersOf(tx, pathsOf(claims));
  for (const { path, unversioned, apiId } of claims) {
    const holder = served.get(path ?? "");
    if (unversioned === null || holder?.apiId !== apiId || !holder.isOwn) continue;
    give(unversioned, apiId, false, holders.get(unversioned)?.apiId === apiId);
  }
  await write(tx, left, holders, wished);
  // Who is served from now on asks for its path without the version, too.
  const begin = own.filter(({ path, apiId }) => {
    const [before, after] = [holders.get(path ?? ""), wished.get(path ?? "")];
    return after?.apiId === apiId && !(before?.isOwn && before.apiId === apiId);
  });
  const more = pathsOf(begin).filter((path) => !paths.includes(path));
  if (more.length > 0) await settle(tx, more);
  return wished;
}

async function holdersOf(tx: Looking, paths: readonly string[]): Promise<Map<string, Holder>> {
  const rows = await tx.livePath.findMany({ where: { path: { in: [...paths] } } });
  return new Map(rows.map(({ path, ...holder }) => [path, holder]));
}

async function write(
  tx: Looking,
  paths: readonly string[],
  before: ReadonlyMap<string, Holder>,
  after: ReadonlyMap<string, Holder>,
): Promise<void> {
  const data: (Holder & { path: string })[] = [];
  for (const path of paths) {
    const [old, now] = [before.get(path), after.get(path)];
    if (old?.apiId === now?.apiId && old?.isOwn === now?.isOwn) continue;
    if (!old) data.push({ path, ...now! });
    else if (!now) await tx.livePath.deleteMany({ where: { path, apiId: old.apiId } });
    else {
      const { count } = await tx.livePath.updateMany({ where: { path, apiId: old.apiId }, data: now });
      if (count === 0) throw new PathTaken(now.apiId, path);
    }
  }
  if (data.length === 0) return;
  await tx.livePath.createMany({ data }).catch((error) => {
    throw isTaken(error) ? new PathTaken(data[0]!.apiId, data[0]!.path) : error;
  });
}
