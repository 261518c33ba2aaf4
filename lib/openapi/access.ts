import type * as z from "zod";
import { distinctSets, type ScopeSets, scopeWords, weaker } from "../access/scopes";
import type { ApiDefinition } from "../edit/api";
import { MAX_SCOPE, MAX_SCOPES, MAX_SETS, scopeCount, TOO_MANY_SCOPES } from "../model/scopeLimits";
import { Cors } from "../schemas/definition";
import { type Path, type Plain, type PlainMap, short } from "../text/source";
import { Notes } from "./notes";
import type { Operation } from "./operations";
import { Requirements } from "./requirements";

/** Who may call: tokens, scopes and CORS, as documents say it. */

export const DISABLE_KEY = "x-wso2-disable-security";
export const AUTH_TYPE_KEY = "x-auth-type";
export const SCOPES_KEY = "x-sluice-scopes";
/** WSO2's before it wrote `security`: names with commas, of which one is enough. */
const OLD_SCOPES_KEY = "x-scope";

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

/** The scopes that operations of a document ask for: by our own extension, else by `security`. */
export class ScopesReader {
  private readonly loud: Asked;
  private readonly silent: Asked;

  constructor(
    root: PlainMap,
    private readonly notes: Notes,
  ) {
    this.loud = new Asked(root, notes);
    this.silent = new Asked(root, Notes.silent(notes.source));
  }

  /** Undefined where nothing is said. `secured`: callers need a token for it. */
  read(o: Operation, secured = true): ScopeSets | undefined {
    const { notes } = this;
    const path = [...o.path, SCOPES_KEY];
    const own = readSets(o.operation[SCOPES_KEY], path, notes);
    const sets = own ?? this.loud.by(o, secured);
    if (!secured && sets && sets.length > 0) {
      notes.warn(o.path, `Callers need no token here, so nobody is asked for ${scopeWords(sets)}.`);
    }
    const asked = own && secured ? (this.silent.by(o, false) ?? []) : [];
    if (own && weaker(own, asked)) {
      const counts = own.length > 0 ? `a token with ${scopeWords(own)} is enough` : "any token will do";
      notes.warn(path, `security asks for ${scopeWords(asked)}; ${SCOPES_KEY} counts, by which ${counts}.`);
    }
    return sets;
  }
}

/** What documents ask for without our extension. */
class Asked {
  private readonly requirements: Requirements;
  private readonly ofRoot = new Map<boolean, ScopeSets | undefined>();

  constructor(
    private readonly root: PlainMap,
    private readonly notes: Notes,
  ) {
    this.requirements = new Requirements(root, notes);
  }

  by({ operation, path }: Operation, secured: boolean): ScopeSets | undefined {
    const { notes } = this;
    const own = this.requirements.read(operation.security, [...path, "security"], secured);
    const sets =
      operation.security === undefined || operation.security === null ? this.general(secured) : own;
    const place = [...path, OLD_SCOPES_KEY];
    const old = notes.texts(operation[OLD_SCOPES_KEY], place)?.flatMap((text) => text.split(",")) ?? [];
    const named = distinctSets(old.map((text) => [text.trim()]).filter(([scope]) => scope !== ""));
    if (named.length === 0) return sets;
    if (sets === undefined || sets.length === 0) return named;
    if (weaker(sets, named))
      notes.warn(place, `${OLD_SCOPES_KEY} has no effect: security names other scopes.`);
    return sets;
  }

  /** What holds for operations that say nothing. */
  private general(secured: boolean): ScopeSets | undefined {
    if (!this.ofRoot.has(secured)) {
      this.ofRoot.set(secured, this.requirements.read(this.root.security, ["security"], secured));
    }
    return this.ofRoot.get(secured);
  }
}

function readSets(given: Plain | undefined, path: Path, notes: Notes): ScopeSets | undefined {
  if (given === undefined || given === null) return undefined;
  const list = Array.isArray(given) ? given : [given];
  const sets = list.slice(0, MAX_SETS + 1).flatMap((item, i) => {
    const place = Array.isArray(given) ? [...path, i] : path;
    const set = notes.texts(item, place) ?? [];
    if (set.length === 0) notes.refuse(place, "A set of scopes has at least one scope.");
    const isLong = set.some((scope) => scope.length > MAX_SCOPE);
    if (isLong) notes.refuse(place, `A scope has at most ${MAX_SCOPE} characters.`);
    return set.length === 0 || isLong ? [] : [set];
  });
  if (sets.length <= MAX_SETS && scopeCount(sets) <= MAX_SCOPES) return sets;
  notes.refuse(path, TOO_MANY_SCOPES);
  return [];
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
  const known = [
    "corsConfigurationEnabled",
    "accessControlAllowCredentials",
    ...corsKeys.map(([key]) => key),
  ];
  for (const key of Object.keys(given)) {
    if (!known.includes(key))
      notes.warn([CORS_KEY, key], `${short(key)} is not known here and has no effect.`);
  }
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
