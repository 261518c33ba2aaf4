import type { Algorithm } from "#lib/access/jwk";
import type { FoundKeys, VerifyKey } from "#lib/node/jwks";

/** Public keys that tokens are verified with: the built-in issuer's from the database, others' by JWKS URL. */

/** Most keys that one token is tried with. Issuers have two or three; a verification costs a fraction of a ms. */
const MAX_TRIED = 20;
/** An unknown key makes us look again, but at most this often: whoever invents keys must not make us knock. */
const UNKNOWN_KEY_MS = 30_000;
/** Keys are fetched anew this often, so that one that was withdrawn ends; after a failure sooner. ms */
const REFRESH_MS = 10 * 60_000;
const RETRY_MS = 5_000;

/** Where an issuer's keys are found. */
export interface KeySource {
  /**
   * The keys that may have made a signature with this algorithm: those of the name, or all when the token gives
   * none. A name may stand on several (RFC 7517, 4.5).
   */
  fitting(kid: string | undefined, algorithm: Algorithm): readonly VerifyKey[];
  /** Looks again after an unknown key; undefined when there is nothing to wait for. */
  refresh?(): Promise<void> | undefined;
}

/** Keys that are all here. */
export class KeyList implements KeySource {
  constructor(readonly keys: readonly VerifyKey[]) {}

  fitting(kid: string | undefined, algorithm: Algorithm): readonly VerifyKey[] {
    return this.keys
      .filter((key) => key.algorithms.includes(algorithm) && (kid === undefined || key.kid === kid))
      .slice(0, MAX_TRIED);
  }
}

/** Another issuer's keys. While they cannot be fetched, those we have go on verifying. */
export class RemoteKeys implements KeySource {
  private list = new KeyList([]);
  private fetching: Promise<void> | undefined;
  private lookedAgainAt = Number.NEGATIVE_INFINITY;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  /** Why the last fetch failed, in words for people; null when it did not. */
  problem: string | null = null;

  /** `load` fetches them; `onWithdrawn` is called when a key that was there is not any more. */
  constructor(
    readonly url: string,
    private readonly load: (url: string) => Promise<FoundKeys>,
    private readonly onWithdrawn: () => void,
  ) {
    void this.fetch();
  }

  get count(): number {
    return this.list.keys.length;
  }

  fitting(kid: string | undefined, algorithm: Algorithm): readonly VerifyKey[] {
    return this.list.fitting(kid, algorithm);
  }

  refresh(): Promise<void> | undefined {
    if (this.fetching) return this.fetching;
    const now = performance.now();
    if (now - this.lookedAgainAt < UNKNOWN_KEY_MS) return undefined;
    this.lookedAgainAt = now;
    return this.fetch();
  }

  /** Looks again now if the last look failed: what it failed by, such as a certificate, may be different. */
  retry(): void {
    if (this.problem !== null) void this.fetch();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** One fetch at a time; never fails. */
  private fetch(): Promise<void> {
    clearTimeout(this.timer);
    this.fetching ??= this.load(this.url).then((found) => {
      this.fetching = undefined;
      if (this.stopped) return;
      this.take(found);
      this.timer = setTimeout(() => void this.fetch(), found.ok ? REFRESH_MS : RETRY_MS);
      this.timer.unref();
    });
    return this.fetching;
  }

  private take(found: FoundKeys): void {
    if (!found.ok) {
      if (found.message !== this.problem) {
        console.error(`The keys at ${this.url} cannot be read: ${found.message}`);
      }
      this.problem = found.message;
      return;
    }
    this.problem = null;
    const present = new Set(found.keys.map(identity));
    const withdrawn = this.list.keys.some((key) => !present.has(identity(key)));
    this.list = new KeyList(found.keys);
    if (withdrawn) this.onWithdrawn();
  }
}

function identity({ kid, algorithms, text }: VerifyKey): string {
  return `${kid} ${algorithms.join()} ${text}`;
}
