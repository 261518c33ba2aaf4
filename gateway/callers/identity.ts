import { createPrivateKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { createSecureContext } from "node:tls";
import { dataFolder, keepFile } from "#lib/node/dataFolder";
import type { GatewayStatus } from "#lib/status";
import { endWords, isToBeSaid } from "#lib/traffic/servedCertificate";
import { expiryOf } from "#lib/traffic/trustedCertificates";
import type { Config } from "../config";

/** How often the files are looked at, ms. Asked rather than watched: mounted secrets change by a renamed folder. */
const LOOK_MS = 1_000;
/** After a renewal that failed, ms. */
const RENEW_AGAIN_MS = 3_600_000;

/** Certificate and key as PEM, with what is told of them. */
export interface Identity {
  cert: string;
  key: string;
  expiresAt: Date;
}

/** The files that say who this gateway is, and what is in use of them. */
export class IdentityFiles {
  current: Identity;
  /** Why the files on disk are not in use; null when they are. */
  private unused: string | null = null;
  private seen: string;
  private failed = "";
  /** When its end was told last, ms since 1970. */
  private saidAt = Number.NEGATIVE_INFINITY;
  private renewing = false;
  /** Why there is no new one of our own, and when it is tried again, ms since 1970. */
  private unrenewed: string | null = null;
  private renewAt = Number.NEGATIVE_INFINITY;
  private timer: NodeJS.Timeout | null = null;

  private constructor(
    readonly certFile: string,
    readonly keyFile: string,
    private readonly selfSigned: boolean,
  ) {
    this.seen = this.fingerprint();
    this.current = readIdentity(certFile, keyFile);
  }

  /** Reads the operator's files, or those of the data folder, which are made when missing. Throws a sentence. */
  static async open(config: Config): Promise<IdentityFiles> {
    const { GATEWAY_TLS_CERT: cert, GATEWAY_TLS_KEY: key } = config;
    if (cert !== undefined && key !== undefined) return new IdentityFiles(cert, key, false);
    const folder = dataFolder(config);
    const files = [join(folder, "sluice.crt"), join(folder, "sluice.key")] as const;
    await makeSelfSigned(...files, Date.now());
    return new IdentityFiles(...files, true);
  }

  /**
   * Calls back with each new pair; a pair that cannot be used leaves the old one in use and is reported. One of our
   * own is renewed before it ends, the end of any other is told.
   */
  watch(onChange: (identity: Identity) => void): void {
    const look = () => {
      this.look(onChange);
      this.attend(Date.now());
    };
    look();
    this.timer = setInterval(look, LOOK_MS);
    this.timer.unref();
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
  }

  status(): GatewayStatus["tls"] {
    const { current, selfSigned, unused, unrenewed } = this;
    const told = [unused, endWords(current.expiresAt, Date.now()), unrenewed].filter((one) => one !== null);
    const problem = told.length > 0 ? told.join(" ") : null;
    return { expiresAt: current.expiresAt.toISOString(), selfSigned, problem };
  }

  /** A certificate whose time is over still serves: callers who do not check get answers, the others a reason. */
  private attend(now: number): void {
    const { expiresAt } = this.current;
    const isOver = expiryOf(expiresAt.toISOString(), now) !== "fine";
    if (this.selfSigned && isOver && !this.renewing && now >= this.renewAt) void this.renew(now);
    const words = endWords(expiresAt, now);
    if (this.renewing || !isToBeSaid(words, this.saidAt, now)) return;
    this.saidAt = now;
    console.warn(`TLS: ${words}${this.unrenewed === null ? "" : ` ${this.unrenewed}`}`);
  }

  /** Writes a new one of our own, which the next look finds. */
  private async renew(now: number): Promise<void> {
    this.renewing = true;
    this.renewAt = now + RENEW_AGAIN_MS;
    try {
      await makeSelfSigned(this.certFile, this.keyFile, now);
      this.unrenewed = null;
    } catch (error) {
      this.unrenewed = `It could not be renewed: ${(error as Error).message}`;
    }
    this.renewing = false;
  }

  private look(onChange: (identity: Identity) => void): void {
    const found = this.fingerprint();
    if (found === this.seen) return;
    try {
      const next = readIdentity(this.certFile, this.keyFile);
      onChange(next);
      this.current = next;
      this.seen = found;
      this.failed = "";
      this.unused = null;
      this.unrenewed = null;
      console.log(`TLS: the certificate in ${this.certFile} is in use from now on.`);
    } catch (error) {
      // Certificate and key are two files: in between they do not match, and one look later they do.
      const settled = this.failed === found;
      this.failed = found;
      if (!settled) return;
      this.seen = found;
      this.unused = `${(error as Error).message} The certificate from before stays in use.`;
      console.error(`TLS: ${this.unused}`);
    }
  }

  /** Changes when one of the files does. */
  private fingerprint(): string {
    return [this.certFile, this.keyFile]
      .map((file) => {
        const stats = statSync(file, { throwIfNoEntry: false });
        return stats ? `${stats.ino} ${stats.size} ${stats.mtimeMs}` : "none";
      })
      .join();
  }
}

/** Reads a pair and checks that it is one. Throws a sentence that names the file. */
function readIdentity(certFile: string, keyFile: string): Identity {
  const cert = read(certFile, "certificate");
  const key = read(keyFile, "key");
  let leaf: X509Certificate;
  try {
    leaf = new X509Certificate(cert);
  } catch {
    throw new Error(`${certFile} is not a certificate in PEM form.`);
  }
  let matches: boolean;
  try {
    matches = leaf.checkPrivateKey(createPrivateKey(key));
  } catch {
    throw new Error(`${keyFile} is not a private key in PEM form, or it has a passphrase.`);
  }
  if (!matches) throw new Error(`The key in ${keyFile} does not belong to the certificate in ${certFile}.`);
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    throw new Error(`${certFile} cannot be used: ${(error as Error).message}.`);
  }
  return { cert, key, expiresAt: new Date(leaf.validTo) };
}

function read(file: string, what: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "there is no such file" : `it cannot be read (${code})`;
    throw new Error(`The TLS ${what} ${file} is missing: ${why}.`);
  }
}

/**
 * Sees to it that a pair is there that is usable from `now` (ms since 1970) for 30 days at least. The key appears at once and complete and is not replaced unless it is
 * empty, as a power cut leaves files that were never synced; whoever has it can write a certificate for it. So
 * gateways that start together never leave two that do not match.
 */
async function makeSelfSigned(certFile: string, keyFile: string, now: number): Promise<void> {
  const missing = statSync(keyFile, { throwIfNoEntry: false }) === undefined;
  if (missing || isBlank(keyFile)) {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const text = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    keepFile(keyFile, text, { replace: !missing, mode: 0o600 });
  }
  try {
    const { expiresAt } = readIdentity(certFile, keyFile);
    if (expiryOf(expiresAt.toISOString(), now) === "fine") return;
  } catch {
    // Missing, or not of this key: written anew.
  }
  let key: ReturnType<typeof createPrivateKey>;
  try {
    key = createPrivateKey(read(keyFile, "key"));
  } catch {
    throw new Error(`${keyFile} cannot be read as a key. Delete it, and a new one is made.`);
  }
  // Needed once in two years, so it is not loaded at every start.
  const { selfSignedCertificate } = await import("./selfSigned");
  const replace = statSync(certFile, { throwIfNoEntry: false }) !== undefined;
  keepFile(certFile, await selfSignedCertificate(key, new Date(now)), { replace, mode: 0o644 });
}

/** Nothing in it, or nothing but zeros. */
function isBlank(file: string): boolean {
  return read(file, "key").replaceAll("\0", "").trim() === "";
}
