import { basicHeader } from "#lib/access/basic";
import type { EndpointSecurity, SecretRef } from "#lib/edit/endpointSecurity";
import type { OutgoingRules } from "#lib/node/outgoing";
import { foldedName } from "#lib/traffic/requestFields";
import { type Challenge, digestHeader, readChallenge } from "./digest";
import { fetchToken, type TokenRequest } from "./tokenServer";

/** A token is renewed this long before it ends, ms; of a short one a tenth of its life before. */
const RENEW_BEFORE_MS = 30_000;
/** After a failure the token server is left alone this long, ms; requests meanwhile fail alike. */
const RETRY_AFTER_MS = 1_000;

/** How the gateway proves itself to the endpoints of one group. */
export interface Credentials {
  /** Counts changes of what is sent, so that a refusal is known to be of this or of something older. */
  readonly version: number;
  /** What has to be fetched first; null when there is nothing to wait for. Resolves with a problem in words, or null. */
  ready(): Promise<string | null> | null;
  /**
   * Adds itself to a request's headers (name, value, ...) in the place of anything of the same name. Returns the
   * path, which may be another one.
   */
  apply(method: string, path: string, headers: string[]): string;
  /** An answer to a request of `version` has come. True when it refuses, and another try would have better ones. */
  refused(version: number, status: number, headers: readonly string[]): boolean;
}

/** @param secretOf plain text of a stored secret; undefined when it cannot be read */
export function credentialsFor(
  security: EndpointSecurity,
  secretOf: (ref: SecretRef) => string | undefined,
  outgoing: (url: string) => OutgoingRules,
): Credentials | null {
  const plain = (ref: SecretRef) => {
    const text = secretOf(ref);
    if (text === undefined) throw new Error("A stored password or key cannot be read. Enter it anew.");
    return text;
  };
  switch (security.kind) {
    case "none":
      return null;
    case "basic": {
      const { username, password } = security.basic;
      return new FixedHeader("Authorization", basicHeader(username, plain(password)));
    }
    case "digest": {
      const { username, password } = security.digest;
      return new Digest({ username, password: plain(password) });
    }
    case "apiKey": {
      const { name, value, in: place } = security.apiKey;
      return place === "header"
        ? new FixedHeader(name, latin1(plain(value)))
        : new QueryKey(name, plain(value));
    }
    case "oauth2": {
      const { oauth2 } = security;
      const byPassword = oauth2.grant === "password";
      const asked = {
        ...oauth2,
        clientSecret: plain(oauth2.clientSecret),
        password: byPassword ? plain(oauth2.password) : "",
      };
      return new Token(asked, () => outgoing(oauth2.tokenUrl));
    }
  }
}

/** Header values are bytes; what goes beyond Latin-1 is sent as UTF-8. */
function latin1(text: string): string {
  return /^[\x20-\xff]*$/.test(text) ? text : Buffer.from(text).toString("latin1");
}

/** Sets a header in a name, value, ... list; what a caller sent under the name is gone. */
function setHeader(headers: string[], name: string, value: string): void {
  // Also in the spelling that many servers take for the same.
  const plain = foldedName(name);
  for (let i = headers.length - 2; i >= 0; i -= 2) {
    if (headers[i]!.length === plain.length && foldedName(headers[i]!) === plain) headers.splice(i, 2);
  }
  headers.push(name, value);
}

class FixedHeader implements Credentials {
  readonly version = 0;

  constructor(
    private readonly name: string,
    private readonly value: string,
  ) {}

  ready(): null {
    return null;
  }

  apply(_method: string, path: string, headers: string[]): string {
    setHeader(headers, this.name, this.value);
    return path;
  }

  refused(): boolean {
    return false;
  }
}

class QueryKey implements Credentials {
  readonly version = 0;
  private readonly pair: string;

  constructor(
    private readonly name: string,
    value: string,
  ) {
    this.pair = `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
  }

  ready(): null {
    return null;
  }

  /** The caller's other parameters stay as they are, byte for byte. */
  apply(_method: string, path: string): string {
    const mark = path.indexOf("?");
    if (mark < 0) return `${path}?${this.pair}`;
    const others = path
      .slice(mark + 1)
      .split("&")
      .filter((pair) => pair !== "" && decoded(pair.split("=", 1)[0]!) !== this.name);
    return `${path.slice(0, mark)}?${[...others, this.pair].join("&")}`;
  }

  refused(): boolean {
    return false;
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

class Digest implements Credentials {
  version = 0;
  private challenge: Challenge | null = null;
  private count = 0;

  constructor(private readonly login: { username: string; password: string }) {}

  ready(): null {
    return null;
  }

  apply(method: string, path: string, headers: string[]): string {
    setHeader(headers, "Authorization", "");
    headers.length -= 2;
    if (this.challenge) {
      headers.push("Authorization", digestHeader(this.challenge, this.login, method, path, ++this.count));
    }
    return path;
  }

  refused(version: number, status: number, headers: readonly string[]): boolean {
    if (status !== 401) return false;
    // Another request has learned the new nonce meanwhile.
    if (version !== this.version) return true;
    const values: string[] = [];
    for (let i = 0; i < headers.length; i += 2) {
      if (headers[i]!.toLowerCase() === "www-authenticate") values.push(headers[i + 1]!);
    }
    const challenge = readChallenge(values);
    if (!challenge) return false;
    const first = this.challenge === null;
    this.challenge = challenge;
    this.count = 0;
    this.version++;
    // A nonce that was answered and is not called stale means that name or password is wrong.
    return first || challenge.stale;
  }
}

class Token implements Credentials {
  version = 0;
  private token: string | null = null;
  /** When the token ends, `performance.now()`. */
  private endsAt = 0;
  /** When the token is renewed or, after a failure, asked for again; `performance.now()`. */
  private until = 0;
  private problem: string | null = null;
  private fetching: Promise<string | null> | null = null;

  constructor(
    private readonly asked: TokenRequest,
    private readonly rules: () => OutgoingRules,
  ) {}

  ready(): Promise<string | null> | null {
    const now = performance.now();
    const usable = this.token !== null && now < this.endsAt;
    if (now >= this.until) this.fetching ??= this.fetch();
    // One that still holds is used while the next one is on its way.
    if (usable) return null;
    return this.fetching ?? Promise.resolve(this.problem);
  }

  apply(_method: string, path: string, headers: string[]): string {
    setHeader(headers, "Authorization", `Bearer ${this.token ?? ""}`);
    return path;
  }

  refused(version: number, status: number): boolean {
    if (status !== 401) return false;
    if (version === this.version) {
      this.token = null;
      this.until = 0;
      this.version++;
    }
    return true;
  }

  private async fetch(): Promise<string | null> {
    const answer = await fetchToken(this.asked, this.rules());
    this.fetching = null;
    const now = performance.now();
    if (!answer.ok) {
      this.problem = answer.words;
      this.until = now + RETRY_AFTER_MS;
      return answer.words;
    }
    this.token = answer.token;
    this.version++;
    this.endsAt = now + answer.lifeMs;
    this.until = now + answer.lifeMs - Math.min(RENEW_BEFORE_MS, answer.lifeMs / 10);
    return null;
  }
}
