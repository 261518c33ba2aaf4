import type { Role } from "./access/roles";
import type { Revocations } from "./access/tokens";
import type { ApiDefinition } from "./edit/api";
import type { KeyType } from "./edit/endpoints";

/**
 * What a gateway gets of the publisher's store, and all that it gets: docs/design.md section 3. Password hashes and the
 * private signing key are in none of it.
 */

/** What operators said of an API's endpoints, by endpoint id. */
export type EndpointStates = Map<string, "on" | "draining" | "off">;

/** The highest generation, and of which file: in another one the same number may mean something else. */
export interface Newest {
  generation: number;
  file: string;
  /** Where it is the gateway's own copy that says so. */
  copy?: CopyNews;
}

/** That the gateway's own copy stands in for the database. */
export interface CopyNews {
  /** When it was last known to be what the database says, ms. */
  confirmedAt: number;
  /** How old it may be for tokens to be accepted, ms. */
  maxAgeMs: number;
  /** Why the database cannot be read. */
  trouble: string;
}

/** Which revision of an API is live, or was. */
export interface LiveRevision {
  apiId: string;
  revisionId: string;
  number: number;
  /**
   * The paths that are the API's while this is live; none: its own is another's. Null where nobody has said yet whose
   * they are, as of what ran before.
   */
  paths: readonly string[] | null;
}

export type SwitchedRevision = LiveRevision & { switches: EndpointStates };

/** What is live, by revision, the one that was deployed first first. */
export interface LiveRead {
  generation: number;
  live: SwitchedRevision[];
  /** Ids of APIs that answer nobody. */
  blocked: string[];
}

/** A revision's text as it was understood. */
export interface RevisionRead {
  /** With the operators' switches applied. */
  definition: ApiDefinition | null;
  /** Plain texts of the stored credentials that it names, by id. */
  secrets?: ReadonlyMap<string, string>;
  /** Why it cannot serve, one sentence each. */
  problems: string[];
}

/** A key of our own issuer as it verifies. */
export interface OwnKey {
  id: string;
  /** JWK, JSON. */
  publicJwk: string;
}

/** An external issuer that is switched on. */
export interface AcceptedIssuer {
  issuer: string;
  jwksUrl: string;
  audiences: string[];
}

/** What decides whether a token is accepted. */
export interface AuthRows {
  /** Newest first. */
  keys: OwnKey[];
  issuers: AcceptedIssuer[];
  revocations: Revocations;
}

/** Who may call, and whose certificates are believed. */
export interface AccessRead {
  /** What the asker knows then. */
  known: string;
  /** Null: what it knows already. */
  news: {
    trusted: ReadonlyMap<string, readonly string[]>;
    auth: AuthRows;
    /** What is left out, for the log. */
    sentences: string[];
  } | null;
}

/** The store as a gateway follows it. What is asked rejects with a sentence where it cannot be read. */
export interface Source {
  /** The newest generation now. `orCopy`: that of the gateway's own copy, if there is one and the store cannot be read. */
  newest(orCopy?: boolean): Promise<Newest>;
  /** Looks every `pollMs` until the newest is not the known one any more. */
  newer(known: Newest, pollMs: number): Promise<Newest>;
  live(): Promise<LiveRead>;
  /** What revisions say, in their order. */
  revisions(rows: readonly SwitchedRevision[]): Promise<RevisionRead[]>;
  /** What APIs ran before, a list for each, the newest first. */
  earlier(apiIds: readonly string[]): Promise<SwitchedRevision[][]>;
  /** `known`: what the asker was told last; "" for nothing. */
  access(known: string): Promise<AccessRead>;
}

/** What a test key is to say. */
export interface TestKeyRequest {
  /** Our own claim `iss`. */
  issuer: string;
  keyType: KeyType;
  clientId: string;
  subject: string;
  scopes: readonly string[];
  validitySeconds: number;
  /** When the client's tokens were revoked last, ms; 0 when never. */
  revokedBefore: number;
}

/** The publisher's users, for test keys alone: asked for one at a time, and never sent along. */
export interface Users {
  /** A user as the store says now; null for an unknown or disabled one. */
  signIn(username: string): Promise<{ passwordHash: string; role: Role } | null>;
  /** A token signed by our own issuer; null where there is no key that our secret opens. */
  testKey(request: TestKeyRequest): Promise<string | null>;
}
