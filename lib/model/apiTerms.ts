/** What an API is made of, as far as its schema and the edits of it agree. */

export const httpMethods = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"] as const;
export type HttpMethod = (typeof httpMethods)[number];

/** One thing that is wrong, with the place of it, for inline errors and for machine answers alike. */
export interface Problem {
  path: (string | number)[];
  message: string;
}

/** `pizza/` and `/pizza` mean `/pizza`. */
export function normalizeContext(text: string): string {
  const trimmed = text.trim();
  // Not a regular expression: /\/+$/ takes quadratic time on many slashes.
  let end = trimmed.length;
  while (trimmed[end - 1] === "/") end--;
  const path = trimmed.slice(0, end);
  return path === "" || path.startsWith("/") ? path : `/${path}`;
}

/** What is wrong with the path of an operation; undefined when it can be saved. */
export function resourcePathProblem(path: string): string | undefined {
  if (path.length > 1000) return "A resource path has at most 1000 characters.";
  if (!/^\/[^\s?#]*$/.test(path)) return "A resource path starts with / and has no spaces, ? or #.";
}

/** A new operation with every default. */
export function plainResource(method: HttpMethod, path: string) {
  return { method, path, secured: true, scopes: [] as string[][], endpoints: null };
}

/** A new API answers every usual verb on every path (docs/rules/publisher.md section 1). */
export const usualResources = (["GET", "POST", "PUT", "DELETE", "PATCH"] as const).map((method) =>
  plainResource(method, "/*"),
);

/** Every pair of endpoint groups in a definition, with its place. */
export function allGroups<Groups>(definition: {
  endpoints: Groups;
  resources: readonly { endpoints: Groups | null }[];
}): { path: (string | number)[]; groups: Groups }[] {
  const own = definition.resources.flatMap((r, i) =>
    r.endpoints ? [{ path: ["resources", i, "endpoints"], groups: r.endpoints }] : [],
  );
  return [{ path: ["endpoints"], groups: definition.endpoints }, ...own];
}
