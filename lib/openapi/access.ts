import type { z } from "zod";
import type { ApiDefinition } from "../api";
import { Cors } from "../schemas/api";
import type { Notes } from "./notes";
import type { Operation } from "./operations";
import { isPlainMap, type PlainMap } from "./text";

/** Who may call: tokens, scopes and CORS, as documents say it. */

export const DISABLE_KEY = "x-wso2-disable-security";
export const AUTH_TYPE_KEY = "x-auth-type";
export const SCOPES_KEY = "x-sluice-scopes";

const isNone = (value: unknown) => typeof value === "string" && value.trim().toLowerCase() === "none";

/** Whether an operation says by itself, or by its path, that it is open or not; undefined when it does not. */
function disabled(o: Operation, notes: Notes): boolean | undefined {
  if (isNone(o.operation[AUTH_TYPE_KEY])) return true;
  return (
    notes.boolean(o.operation[DISABLE_KEY], [...o.path, DISABLE_KEY]) ??
    notes.boolean(o.item[DISABLE_KEY], [...o.itemPath, DISABLE_KEY])
  );
}

/**
 * operation > path > API. An API that is open as a whole but for an operation needs tokens, with the other
 * operations open: our API-level switch leaves no exceptions.
 */
export function readAccess(root: PlainMap, operations: readonly Operation[], notes: Notes) {
  const open = notes.boolean(root[DISABLE_KEY], [DISABLE_KEY]);
  const own = operations.map((o) => disabled(o, notes));
  const exceptions = open === true && own.includes(false);
  const kind: ApiDefinition["security"]["kind"] | undefined =
    open === undefined ? undefined : open && !exceptions ? "none" : "jwt";
  return {
    kind,
    secured: own.map((off) => (off === undefined && open === undefined ? undefined : !(off ?? exceptions))),
  };
}

/** WSO2's own security scheme is called `default`; other schemes are the backend's business. Undefined: not said. */
export function readScopes(o: Operation, notes: Notes): string[] | undefined {
  const own = notes.texts(o.operation[SCOPES_KEY], [...o.path, SCOPES_KEY]);
  if (own) return own;
  const { security } = o.operation;
  if (!Array.isArray(security)) return undefined;
  const lists = security.flatMap((requirement) => {
    const list = isPlainMap(requirement) ? requirement.default : undefined;
    return Array.isArray(list) ? [list.filter((scope) => typeof scope === "string")] : [];
  });
  return lists.length > 0 ? [...new Set(lists.flat())] : undefined;
}

export const CORS_KEY = "x-wso2-cors";
const corsKeys = [
  ["accessControlAllowOrigins", "allowOrigins"],
  ["accessControlAllowMethods", "allowMethods"],
  ["accessControlAllowHeaders", "allowHeaders"],
  ["accessControlExposeHeaders", "exposeHeaders"],
] as const;

/** Reads `x-wso2-cors` over what holds without it. Without a switch in it, its being there switches CORS on, as in WSO2. */
export function readCors(root: PlainMap, before: z.infer<typeof Cors>, notes: Notes): z.infer<typeof Cors> {
  const given = notes.map(root[CORS_KEY], [CORS_KEY]);
  if (!given) return before;
  const cors = { ...before };
  const flag = (key: string) => notes.boolean(given[key], [CORS_KEY, key]);
  cors.enabled = flag("corsConfigurationEnabled") ?? true;
  cors.allowCredentials = flag("accessControlAllowCredentials") ?? cors.allowCredentials;
  for (const [key, field] of corsKeys) cors[field] = notes.texts(given[key], [CORS_KEY, key]) ?? cors[field];
  const parsed = Cors.safeParse(cors);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) notes.refuse([CORS_KEY], issue.message);
  return before;
}

export function writeCors(cors: z.infer<typeof Cors>): PlainMap {
  const lists = corsKeys.map(([key, field]) => [key, cors[field]] as const);
  return {
    corsConfigurationEnabled: cors.enabled,
    ...Object.fromEntries(lists),
    accessControlAllowCredentials: cors.allowCredentials,
  };
}
