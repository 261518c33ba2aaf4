import type { RuntimeApi } from "./runtimeApi";

/** The parsed, immutable routing table for all live revisions. One reference, swapped whole. */
export interface Snapshot {
  readonly generation: number;
  /** By base path, those of default versions without the version included. */
  readonly apis: ReadonlyMap<string, RuntimeApi>;
  readonly byId: ReadonlyMap<string, RuntimeApi>;
  /** Why the newest live revision of an API does not serve, by API id. */
  readonly errors: ReadonlyMap<string, ApiError>;
  /** Ids of APIs that answer nobody until that is taken back. */
  readonly blocked: ReadonlySet<string>;
  /** What it was read from instead of the database; null as a rule. */
  readonly copy: CopyInUse | null;
  /** Most segments of any base path: how far a match has to look. */
  readonly maxDepth: number;
}

/** The gateway's own copy, where a table comes from that. */
export interface CopyInUse {
  /** When it was last known to be what the database says. */
  readonly confirmedAt: Date;
  /** Whether it is too old to say which tokens were revoked. */
  readonly refusesTokens: boolean;
  /** A sentence that says so. */
  readonly words: string;
}

export interface ApiError {
  revision: number;
  message: string;
}

/** What there is before the database could be read for the first time. */
export const emptySnapshot: Snapshot = {
  generation: -1,
  apis: new Map(),
  byId: new Map(),
  errors: new Map(),
  blocked: new Set(),
  copy: null,
  maxDepth: 0,
};

/** Whether this came out of a database, which may have no API in it. */
export function wasRead({ generation }: Snapshot): boolean {
  return generation >= 0;
}

/** Finds the API whose base path is the longest prefix of `path` that ends at a segment boundary. */
export function findApi(snapshot: Snapshot, path: string): RuntimeApi | undefined {
  let found: RuntimeApi | undefined;
  let from = 1;
  for (let depth = 0; depth < snapshot.maxDepth; depth++) {
    const slash = path.indexOf("/", from);
    const prefix = slash < 0 ? path : path.slice(0, slash);
    found = snapshot.apis.get(prefix) ?? found;
    if (slash < 0) break;
    from = slash + 1;
  }
  return found;
}
