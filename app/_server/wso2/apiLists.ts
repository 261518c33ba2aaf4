import { type ApiEntry, type Labelled, listEntries, readLabels } from "#prisma/labelledApis";
import { requireRoute } from "../guard";
import { asksForLabels, fits, MAX_QUERY, termsOf } from "./apiQuery";
import { answer, countOf, refusal, refusalOf } from "./publisherAnswers";

/** Of one page, unless asked for otherwise. */
const USUAL_LIMIT = 25;

export type ListedApi = ApiEntry & Labelled;

/** One page of the APIs that `query` asks for, each as `item` makes it. `path` is that of the links. */
export async function answerList(
  request: Request,
  path: string,
  item: (api: ListedApi) => unknown,
): Promise<Response> {
  const access = await requireRoute(request, "api.read");
  if (!access.ok) return refusalOf(request, access.response);
  const { searchParams } = new URL(request.url);
  const limit = countOf(searchParams, "limit", USUAL_LIMIT);
  const offset = countOf(searchParams, "offset", 0);
  if (limit === null || offset === null)
    return refusal(400, "limit and offset are whole numbers of at most 9 digits.");
  const query = searchParams.get("query") ?? "";
  if (query.length > MAX_QUERY) return refusal(400, `query has at most ${MAX_QUERY} characters.`);
  const all = sorted(await found(query), searchParams);
  const page = all.slice(offset, offset + limit);
  const labels = await readLabels(page);
  const list = page.flatMap((api) => {
    const own = labels.get(api.id);
    return own ? [item({ ...api, ...own })] : [];
  });
  const link = (at: number) =>
    `${path}?${new URLSearchParams({ limit: String(limit), offset: String(at), ...(query && { query }) })}`;
  const next = offset + limit < all.length && limit > 0 ? link(offset + limit) : "";
  const previous = offset > 0 ? link(Math.max(0, offset - limit)) : "";
  return answer({
    count: list.length,
    list,
    pagination: { offset, limit, total: all.length, next, previous },
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
function sorted(apis: ApiEntry[], parameters: URLSearchParams): ApiEntry[] {
  const by = { createdTime: "createdAt", updatedTime: "updatedAt" }[parameters.get("sortBy") ?? ""];
  if (by === "createdAt" || by === "updatedAt") apis.sort((a, b) => a[by].getTime() - b[by].getTime());
  return parameters.get("sortOrder")?.toLowerCase() === "desc" ? apis.reverse() : apis;
}
