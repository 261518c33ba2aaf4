import { database } from "./db";

/** What machines ask: APIs by name and version, and the list of those that are live. */

/** The id of the API with this name and version; null when there is none. */
export async function findApiId(name: string, version: string): Promise<string | null> {
  const row = await database().api.findFirst({ where: { name, version }, select: { id: true } });
  return row?.id ?? null;
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
