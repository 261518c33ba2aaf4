import { type ApiLabels, labelsOf } from "#lib/wso2/apiLabels";
import { database } from "./db";
import { Prisma } from "./generated/client";
import { textAt } from "./insideDocuments";

/** What WSO2's clients ask: lists of APIs, and what is kept of WSO2's with each. */

export interface ApiEntry {
  id: string;
  name: string;
  version: string;
  context: string;
  basePath: string;
  createdAt: Date;
  updatedAt: Date;
  /** As the row has it: null where the draft says it. */
  lifeCycle: string | null;
}

const select = {
  ...{ id: true, name: true, version: true, context: true, basePath: true },
  ...{ createdAt: true, updatedAt: true, lifeCycle: true },
};

/** All APIs by name and version, without their documents. */
export function listEntries(): Promise<ApiEntry[]> {
  return database().api.findMany({ orderBy: [{ name: "asc" }, { version: "asc" }], select });
}

export function findEntry(id: string): Promise<ApiEntry | null> {
  return database().api.findUnique({ where: { id }, select });
}

export interface Labelled extends ApiLabels {
  description: string;
}

/** Of one statement; SQLite limits its parameters. */
const MOST = 500;

/** The labels of these APIs, read inside their documents. */
export async function readLabels(apis: readonly ApiEntry[]): Promise<Map<string, Labelled>> {
  const labels = new Map<string, Labelled>();
  for (let i = 0; i < apis.length; i += MOST) {
    const some = apis.slice(i, i + MOST);
    const rows = await database().$queryRaw<{ id: string; data: string | null; description: unknown }[]>`
      SELECT "id", ${textAt("draft", ["extras", "wso2", "data"])} AS "data", ${textAt("draft", ["description"])} AS "description"
      FROM "Api" WHERE "id" IN (${Prisma.join(some.map(({ id }) => id))})`;
    const byId = new Map(some.map((api) => [api.id, api]));
    for (const { id, data, description } of rows) {
      const { name = "", lifeCycle = null } = byId.get(id) ?? {};
      const own = labelsOf(data?.startsWith("{") ? JSON.parse(data) : {}, name, lifeCycle);
      labels.set(id, { ...own, description: typeof description === "string" ? description : "" });
    }
  }
  return labels;
}
