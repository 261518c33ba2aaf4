import { importJWK } from "jose";
import { z } from "zod";

/** Public keys that tokens are verified with: the built-in issuer's from the database, others' by JWKS URL. */

/** What is accepted: asymmetric, and with a key type each, so that no key serves two algorithms. */
export const algorithms = ["ES256", "RS256"] as const;
export type Algorithm = (typeof algorithms)[number];

/** RFC 7518, section 3.3. */
const MIN_RSA_BITS = 2048;
/** How long the keys of another issuer may take to come, ms. */
const FETCH_MS = 5_000;
/** Largest JWKS document, bytes, and most keys that are looked at. */
const MAX_JWKS_BYTES = 256 * 1024;
const MAX_KEYS = 100;
/** An unknown key makes us look again, but at most this often: whoever invents keys must not make us knock. */
const UNKNOWN_KEY_MS = 30_000;
/** Keys are fetched anew this often, so that one that was withdrawn ends; after a failure sooner. ms */
const REFRESH_MS = 10 * 60_000;
const RETRY_MS = 5_000;

export interface VerifyKey {
  /** "" when the issuer gives it no name. */
  kid: string;
  algorithm: Algorithm;
  key: CryptoKey;
  /** What it is made of, for comparing. */
  text: string;
}

/** Where an issuer's keys are found. */
export interface KeySource {
  /** The key of this name and algorithm; of a token that names none, the only one that it can mean. */
  find(kid: string | undefined, algorithm: Algorithm): VerifyKey | undefined;
  /** Looks again after an unknown key; undefined when there is nothing to wait for. */
  refresh?(): Promise<void> | undefined;
}

/** Keys that are all here. */
export class KeyList implements KeySource {
  constructor(readonly keys: readonly VerifyKey[]) {}

  find(kid: string | undefined, algorithm: Algorithm): VerifyKey | undefined {
    const fitting = this.keys.filter((key) => key.algorithm === algorithm);
    if (kid !== undefined) return fitting.find((key) => key.kid === kid);
    return fitting.length === 1 ? fitting[0] : undefined;
  }
}

const Jwk = z.object({
  kid: z.string().max(500).default(""),
  alg: z.string().optional(),
  use: z.literal("sig").default("sig"),
  key_ops: z.array(z.string()).default(["verify"]),
});
/** Only the public members: a document that shows a private key is still just a public key to us. */
const PublicMembers = z.discriminatedUnion("kty", [
  z.object({ kty: z.literal("RSA"), n: z.string(), e: z.string() }),
  z.object({ kty: z.literal("EC"), crv: z.literal("P-256"), x: z.string(), y: z.string() }),
]);

/** Reads one key; null when it is not one that we verify with. The algorithm follows from the key. */
export async function verifyKeyOf(jwk: unknown): Promise<VerifyKey | null> {
  const about = Jwk.safeParse(jwk);
  const members = PublicMembers.safeParse(jwk);
  if (!about.success || !members.success || !about.data.key_ops.includes("verify")) return null;
  const algorithm = members.data.kty === "RSA" ? "RS256" : "ES256";
  if (about.data.alg !== undefined && about.data.alg !== algorithm) return null;
  try {
    const key = (await importJWK(members.data, algorithm)) as CryptoKey;
    const bits = (key.algorithm as { modulusLength?: number }).modulusLength ?? MIN_RSA_BITS;
    if (bits < MIN_RSA_BITS) return null;
    return { kid: about.data.kid, algorithm, key, text: JSON.stringify(members.data) };
  } catch {
    return null;
  }
}

const Jwks = z.object({ keys: z.array(z.unknown()) });

/** Another issuer's keys. While they cannot be fetched, those we have go on verifying. */
export class RemoteKeys implements KeySource {
  private list = new KeyList([]);
  private fetching: Promise<void> | undefined;
  private lookedAgainAt = Number.NEGATIVE_INFINITY;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private lastError = "";

  /** `onWithdrawn` is called when a key that was there is not any more. */
  constructor(
    private readonly url: string,
    private readonly onWithdrawn: () => void,
  ) {
    void this.fetch();
  }

  find(kid: string | undefined, algorithm: Algorithm): VerifyKey | undefined {
    return this.list.find(kid, algorithm);
  }

  refresh(): Promise<void> | undefined {
    if (this.fetching) return this.fetching;
    const now = performance.now();
    if (now - this.lookedAgainAt < UNKNOWN_KEY_MS) return undefined;
    this.lookedAgainAt = now;
    return this.fetch();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** One fetch at a time; never fails. */
  private fetch(): Promise<void> {
    clearTimeout(this.timer);
    this.fetching ??= this.load().then((ok) => {
      this.fetching = undefined;
      if (this.stopped) return;
      this.timer = setTimeout(() => void this.fetch(), ok ? REFRESH_MS : RETRY_MS);
      this.timer.unref();
    });
    return this.fetching;
  }

  private async load(): Promise<boolean> {
    try {
      const { keys } = Jwks.parse(JSON.parse(await download(this.url)));
      const read = await Promise.all(keys.slice(0, MAX_KEYS).map(verifyKeyOf));
      const next = read.filter((key) => key !== null);
      // An empty list is more likely a mishap than the end of all tokens.
      if (next.length === 0) throw new Error("it has no RS256 or ES256 key");
      const present = new Set(next.map(identity));
      const withdrawn = this.list.keys.some((key) => !present.has(identity(key)));
      this.list = new KeyList(next);
      if (withdrawn) this.onWithdrawn();
      this.lastError = "";
      return true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (reason !== this.lastError) console.error(`The keys at ${this.url} cannot be read: ${reason}`);
      this.lastError = reason;
      return false;
    }
  }
}

function identity({ kid, algorithm, text }: VerifyKey): string {
  return `${kid} ${algorithm} ${text}`;
}

/** A small document within a short time; no redirects, because the person named this URL and no other. */
async function download(url: string): Promise<string> {
  const response = await fetch(url, {
    headers: { Accept: "application/json" },
    redirect: "error",
    signal: AbortSignal.timeout(FETCH_MS),
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`the answer is ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_JWKS_BYTES) throw new Error(`it is larger than ${MAX_JWKS_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
