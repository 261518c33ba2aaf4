import { type ApiDefinition, basePath } from "./api";

type Names = Pick<ApiDefinition, "name" | "version" | "context">;

/**
 * The first of `others` that cannot be there together with `api`, for it has the same name and version, or the same
 * path. Null without one.
 */
export function clashOf<Other extends Names>(
  api: Names,
  others: readonly Other[],
): { other: Other; taken: "name" | "context" } | null {
  const same = others.find(({ name, version }) => name === api.name && version === api.version);
  if (same) return { other: same, taken: "name" };
  const path = basePath(api);
  const owner = others.find((other) => basePath(other) === path);
  return owner ? { other: owner, taken: "context" } : null;
}
