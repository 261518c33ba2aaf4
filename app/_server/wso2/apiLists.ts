import type * as z from "zod";
import type { publisherCalls } from "#lib/contract/publisherRest";
import { type ApiEntry, type Labelled, listEntries, readLabels } from "#prisma/labelledApis";
import { asksForLabels, fits, termsOf } from "./apiQuery";
import { pageOf } from "./pages";

export type ListedApi = ApiEntry & Labelled;

type Query = z.output<(typeof publisherCalls)["search"]["query"]>;

/** One page of the APIs that a query asks for, each as `item` makes it. `path` is that of the links. */
export async function listOf(query: Query, path: string, item: (api: ListedApi) => unknown) {
  const { query: terms } = query;
  const { items, pagination } = pageOf(
    sorted(await found(terms), query),
    query,
    path,
    terms ? { query: terms } : {},
  );
  const list = await listed(items, item);
  return { count: list.length, list, pagination };
}

/** These APIs with their labels, each as `item` makes it. */
export async function listed<T>(apis: readonly ApiEntry[], item: (api: ListedApi) => T): Promise<T[]> {
  const labels = await readLabels(apis);
  return apis.flatMap((api) => {
    const own = labels.get(api.id);
    return own ? [item({ ...api, ...own })] : [];
  });
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
