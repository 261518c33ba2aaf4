import type { z } from "zod";
import type { publisherCalls } from "#lib/contract/publisherRest";
import { type ApiEntry, type Labelled, listEntries, readLabels } from "#prisma/labelledApis";
import { asksForLabels, fits, termsOf } from "./apiQuery";

export type ListedApi = ApiEntry & Labelled;

type Query = z.output<(typeof publisherCalls)["search"]["query"]>;

/** One page of the APIs that a query asks for, each as `item` makes it. `path` is that of the links. */
export async function listOf(query: Query, path: string, item: (api: ListedApi) => unknown) {
  const { query: terms, limit, offset } = query;
  const all = sorted(await found(terms), query);
  const page = all.slice(offset, offset + limit);
  const labels = await readLabels(page);
  const list = page.flatMap((api) => {
    const own = labels.get(api.id);
    return own ? [item({ ...api, ...own })] : [];
  });
  const link = (at: number) =>
    `${path}?${new URLSearchParams({ limit: String(limit), offset: String(at), ...(terms && { query: terms }) })}`;
  const next = offset + limit < all.length && limit > 0 ? link(offset + limit) : "";
  const previous = offset > 0 ? link(Math.max(0, offset - limit)) : "";
  return { count: list.length, list, pagination: { offset, limit, total: all.length, next, previous } };
}

async function found(query: string): Promise<ApiEntry[]> {
  const terms = termsOf(query);
  const [slow, quick] = [terms.filter(asksForLabels), terms.filter((term) => !asksForLabels(term))];
  const some = (await listEntries()).filter((api) => quick.every((term) => fits(api, term)));
  if (slow.length === 0) return some;
  const labels = await readLabels(some);
  return some.filter((api) => slow.every((term) => fits({ ...api, ...labels.get(api.id) }, term)));
}

/** By name and version, unless asked for by time. */
function sorted(apis: ApiEntry[], { sortBy, sortOrder }: Query): ApiEntry[] {
  const by = { createdTime: "createdAt", updatedTime: "updatedAt" }[sortBy ?? ""];
  if (by === "createdAt" || by === "updatedAt") apis.sort((a, b) => a[by].getTime() - b[by].getTime());
  return sortOrder?.toLowerCase() === "desc" ? apis.reverse() : apis;
}
