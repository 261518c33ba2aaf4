export type Query = Promise<Record<string, string | string[] | undefined>>;

/** What a page with a list takes from its address: `?search=` and `?page=`. */
export async function listQuery(searchParams: Query) {
  const query = await searchParams;
  const search = String(query.search ?? "")
    .replaceAll("\0", "")
    .trim()
    .slice(0, 200);
  const page = Math.max(1, Math.min(100_000, Math.trunc(Number(query.page)) || 1));
  const href = (path: string, to: number) =>
    `${path}?${new URLSearchParams({ ...(search && { search }), page: String(to) })}`;
  return { search, page, href };
}
