/**
 * One page of a list, with what WSO2's clients are told of the others. `path` is that of the links, which name `query`
 * again.
 */
export function pageOf<T>(
  all: readonly T[],
  { limit, offset }: { limit: number; offset: number },
  path: string,
  query: Readonly<Record<string, string>> = {},
) {
  const link = (at: number) =>
    `${path}?${new URLSearchParams({ limit: String(limit), offset: String(at), ...query })}`;
  const next = offset + limit < all.length && limit > 0 ? link(offset + limit) : "";
  const previous = offset > 0 ? link(Math.max(0, offset - limit)) : "";
  return {
    items: all.slice(offset, offset + limit),
    pagination: { offset, limit, total: all.length, next, previous },
  };
}
