import { skewOf } from "#lib/access/skew";
import {
  type AuthProblem,
  accessProblem,
  invalid,
  MAX_TOKEN_LENGTH,
  type Revocations,
  revoked,
} from "#lib/access/tokens";
import type { AuthRows } from "#lib/feed";
import { INTERNAL_KEY_HEADER } from "#lib/model/internalKey";
import { type FoundKeys, verifyKeyOf } from "#lib/node/jwks";
import type { IssuerStatus } from "#lib/status";
import type { RequestHeaders } from "../http/headers";
import type { Route, RuntimeApi } from "../routes/runtimeApi";
import { KeyList, RemoteKeys } from "./keys";
import { type Issuer, notInternal, type Verified, VerifiedToken, verifyToken } from "./verify";

/** Most verified tokens that are remembered, and most refused ones. The oldest go first. */
const MAX_TOKENS = 10_000;
const MAX_REFUSED = 1_000;
/** How long a refused token is refused without another look, ms. */
const REFUSED_MS = 5_000;

export type AuthResult = VerifiedToken | AuthProblem;

/**
 * Who may call (docs/rules/gateway.md section 2). A token that was verified costs a map lookup and some comparisons
 * from then on; what would change the verdict (keys, issuers, revocations) is taken in by `update`.
 */
export class Authenticator {
  private issuers = new Map<string, Issuer>();
  private remote = new Map<string, RemoteKeys>();
  private revocations: Revocations = { tokens: new Set(), clients: new Map() };
  private readonly tokens = new Map<string, VerifiedToken>();
  private readonly refused = new Map<string, { problem: AuthProblem; until: number }>();
  /** Verifications under way, so that a burst with one new token is one. */
  private readonly pending = new Map<string, Promise<VerifiedToken | AuthProblem>>();
  /** Counts changes of keys and issuers: a verification that began before one is done again. */
  private epoch = 0;
  /** The rows of the last update as texts, to see what changed. */
  private keysText = "";
  private issuersText = "";
  private revocationsText = "";

  /**
   * `issuer` is our own claim `iss`; `skewSeconds` how far any issuer's clock may be from ours, undefined for what is
   * usual; `loadKeys` fetches another issuer's keys.
   */
  constructor(
    readonly issuer: string,
    private readonly skewSeconds: number | undefined,
    private readonly loadKeys: (url: string) => Promise<FoundKeys>,
  ) {}

  /** Takes in what the database says now. Verdicts on tokens that it changes are forgotten at once. */
  update(rows: AuthRows): void {
    const keysText = JSON.stringify(rows.keys);
    const issuersText = JSON.stringify(rows.issuers);
    if (keysText !== this.keysText || issuersText !== this.issuersText) {
      const own = rows.keys.flatMap((row) => verifyKeyOf(parsed(row.publicJwk)) ?? []);
      this.setIssuers(rows, new KeyList(own));
      this.keysText = keysText;
      this.issuersText = issuersText;
    }
    const { tokens, clients } = rows.revocations;
    const revocationsText = JSON.stringify([[...tokens], [...clients]]);
    if (revocationsText !== this.revocationsText) {
      this.revocations = rows.revocations;
      this.revocationsText = revocationsText;
    }
  }

  /** Fetches keys again where that failed: something that it failed by, such as a certificate, has changed. */
  retry(): void {
    for (const keys of this.remote.values()) keys.retry();
  }

  /** When the tokens of a client were revoked last, ms; 0 when never. */
  revokedBefore(client: string): number {
    return this.revocations.clients.get(client) ?? 0;
  }

  /** Of each other issuer whose tokens are accepted: how many keys are here, and why there are no newer ones. */
  status(): IssuerStatus[] {
    return [...this.issuers].flatMap(([issuer, { keys }]) => {
      if (!(keys instanceof RemoteKeys)) return [];
      return [{ issuer, jwksUrl: keys.url, keys: keys.count, problem: keys.problem }];
    });
  }

  stop(): void {
    for (const keys of this.remote.values()) keys.stop();
  }

  /**
   * The token of a request to an operation that needs one, or why there is none that will do; a promise only for
   * a token that was not verified yet. The header that carries it is taken out of what the backend gets.
   */
  authenticate(headers: RequestHeaders, api: RuntimeApi, route: Route): AuthResult | Promise<AuthResult> {
    const { header, forwardToken } = api.definition.security;
    let internal = true;
    let value = take(headers, INTERNAL_KEY_HEADER, true);
    const given = take(headers, header, !forwardToken);
    if (value === undefined) {
      internal = false;
      value = given;
    }
    if (value === null || given === null) {
      return { kind: "conflicting", header: value === null && internal ? INTERNAL_KEY_HEADER : header };
    }
    if (value === undefined) return { kind: "missing", header };
    const bearer = hasBearer(value);
    if (!bearer && !internal && header.length === 13 && header.toLowerCase() === "authorization") {
      return { kind: "missing", header };
    }
    // However the header spells it, it is one token: spellings must not take the place of others' tokens.
    const text = (bearer ? value.slice(7) : value).trim();
    if (text === "") return { kind: "missing", header };
    const known = this.tokens.get(text);
    if (known) return this.decide(text, known, internal, api, route);
    const refused = this.refused.get(text);
    if (refused) {
      if (Date.now() < refused.until) return refused.problem;
      this.refused.delete(text);
    }
    const key = text;
    return this.verifyOnce(key, text).then((found) =>
      found.kind === "token" ? this.decide(key, found, internal, api, route) : found,
    );
  }

  /** Whether a verified token may call this now. */
  private decide(
    value: string,
    token: VerifiedToken,
    internal: boolean,
    api: RuntimeApi,
    route: Route,
  ): AuthResult {
    const { claims } = token;
    if (Date.now() >= claims.exp * 1000 + token.lateMs) {
      this.tokens.delete(value);
      return invalid("The token has expired.");
    }
    if (token.checked !== this.revocations) {
      if (revoked(claims, this.revocations)) return invalid("The token has been revoked.");
      token.checked = this.revocations;
    }
    if (token.internal !== internal) return internal ? notInternal : isInternal;
    let problem = token.decisions.get(route);
    if (problem === undefined) {
      problem = accessProblem(claims, api.definition, route.resource);
      token.decisions.set(route, problem);
    }
    return problem ?? token;
  }

  private verifyOnce(value: string, text: string): Promise<AuthResult> {
    let running = this.pending.get(value);
    if (!running) {
      running = this.verify(value, text).finally(() => this.pending.delete(value));
      this.pending.set(value, running);
    }
    return running;
  }

  private async verify(value: string, text: string): Promise<AuthResult> {
    let epoch: number;
    let found: Verified;
    do {
      epoch = this.epoch;
      found = await verifyToken(text, this.issuers);
    } while (epoch !== this.epoch);
    if (found instanceof VerifiedToken) {
      remember(this.tokens, value, found, MAX_TOKENS);
      return found;
    }
    const { problem, keep } = found;
    if (keep && text.length <= MAX_TOKEN_LENGTH) {
      remember(this.refused, value, { problem, until: Date.now() + REFUSED_MS }, MAX_REFUSED);
    }
    return problem;
  }

  private setIssuers({ issuers }: AuthRows, own: KeyList): void {
    const before = this.remote;
    this.remote = new Map();
    const next = new Map<string, Issuer>();
    const skew = skewOf(false, this.skewSeconds);
    for (const { issuer, jwksUrl, audiences } of issuers) {
      // Keys that are here stay: an issuer's change must not depend on its server answering now.
      const keys =
        this.remote.get(jwksUrl) ??
        before.get(jwksUrl) ??
        new RemoteKeys(jwksUrl, this.loadKeys, () => this.forget());
      this.remote.set(jwksUrl, keys);
      next.set(issuer, { keys, audiences, builtIn: false, skew });
    }
    const ownSkew = skewOf(true, this.skewSeconds);
    next.set(this.issuer, { keys: own, audiences: [], builtIn: true, skew: ownSkew });
    for (const [url, keys] of before) if (!this.remote.has(url)) keys.stop();
    this.issuers = next;
    this.forget();
  }

  private forget(): void {
    this.epoch++;
    this.tokens.clear();
    this.refused.clear();
  }
}

const isInternal = invalid(`An internal key belongs into the header ${INTERNAL_KEY_HEADER}.`);

/**
 * The value of a header for the backend; null when it is there more than once. With `out` the backend does not
 * get it: it is taken out in place, because the list is the request's own, and kept for an algorithm that asks.
 */
function take(headers: RequestHeaders, name: string, out: boolean): string | null | undefined {
  const { forward } = headers;
  const { length } = name;
  let value: string | null | undefined;
  for (let i = 0; i < forward.length; i += 2) {
    const candidate = forward[i]!;
    if (candidate.length !== length) continue;
    if (candidate !== name && candidate.toLowerCase() !== name.toLowerCase()) continue;
    value = value === undefined ? forward[i + 1]! : null;
    if (!out) continue;
    headers.tokenName = name.toLowerCase();
    headers.tokenValue = forward[i + 1]!;
    forward.copyWithin(i, i + 2);
    forward.length -= 2;
    i -= 2;
  }
  return value;
}

/** "Bearer " in any case (RFC 9110, 11.1). */
function hasBearer(value: string): boolean {
  return value.startsWith("Bearer ") || /^bearer /i.test(value);
}

function remember<T>(map: Map<string, T>, key: string, value: T, most: number): void {
  map.set(key, value);
  if (map.size > most) map.delete(map.keys().next().value!);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
