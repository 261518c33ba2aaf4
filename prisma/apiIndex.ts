import { database } from "./db";

/** What machines ask: APIs by name and version, and the list of those that are live. */

/** The id of the API with this name and version; null when there is none. */
export async function findApiId(name: string, version: string): Promise<string | null> {
  const row = await database().api.findFirst({ where: { name, version }, select: { id: true } });
  return row?.id ?? null;
}

/** What keeps an API from being replaced unasked: it is live, or its draft is not its newest revision. */
export async function usedAs(id: string): Promise<"live" | "changed" | null> {
  const row = await database().api.findUnique({
    where: { id },
    select: {
      draft: true,
      deployments: { orderBy: { id: "desc" }, take: 1, select: { revisionId: true } },
      revisions: { orderBy: { number: "desc" }, take: 1, select: { definition: true } },
    },
  });
  if (!row) return null;
  if (row.deployments[0]?.revisionId) return "live";
  return row.revisions[0]?.definition === row.draft ? null : "changed";
}

/** Live APIs by name and version. */
export async function listLive(): Promise<{ name: string; version: string; basePath: string }[]> {
  const rows = await database().api.findMany({
    orderBy: [{ name: "asc" }, { version: "asc" }],
    select: {
      name: true,
      version: true,
      basePath: true,
      deployments: { orderBy: { id: "desc" }, take: 1, select: { revisionId: true } },
    },
  });
  return rows
    .filter(({ deployments }) => deployments[0]?.revisionId)
    .map(({ name, version, basePath }) => ({ name, version, basePath }));
}

export interface ListedApi {
  id: string;
  name: string;
  version: string;
  context: string;
  basePath: string;
  live: { revision: number; since: Date } | null;
  /** Draft and live revision differ. */
  changed: boolean;
}

/** All APIs, or those of a name or a version. */
export async function listAll(wanted: { name?: string; version?: string }): Promise<ListedApi[]> {
  const rows = await database().api.findMany({
    where: { name: wanted.name, version: wanted.version },
    orderBy: [{ name: "asc" }, { version: "asc" }],
    include: { deployments: { orderBy: { id: "desc" }, take: 1, include: { revision: true } } },
  });
  return rows.map(({ id, name, version, context, basePath, draft, deployments: [newest] }) => {
    const revision = newest?.revision;
    return {
      id,
      name,
      version,
      context,
      basePath,
      live: revision && newest ? { revision: revision.number, since: newest.createdAt } : null,
      changed: revision?.definition !== draft,
    };
  });
}

export interface Snapshot {
  id: string;
  number: number;
  note: string;
  createdAt: Date;
  /** Since when it is live; null when it is not. */
  liveSince: Date | null;
}

/** The kept revisions of an API without their documents, oldest first; null when there is no such API. */
export async function listSnapshots(apiId: string): Promise<Snapshot[] | null> {
  const row = await database().api.findUnique({
    where: { id: apiId },
    select: {
      deployments: { orderBy: { id: "desc" }, take: 1, select: { revisionId: true, createdAt: true } },
      revisions: {
        orderBy: { number: "asc" },
        select: { id: true, number: true, note: true, createdAt: true },
      },
    },
  });
  const newest = row?.deployments[0];
  return (
    row?.revisions.map((revision) => ({
      ...revision,
      liveSince: newest?.revisionId === revision.id ? newest.createdAt : null,
    })) ?? null
  );
}
