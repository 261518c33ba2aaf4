import { createPrivateKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { createSecureContext } from "node:tls";
import { writeNewFile } from "#lib/node/newFile";
import type { GatewayStatus } from "#lib/status";
import type { Config } from "../config";

/** A self-signed certificate that ends sooner than this is replaced at start, ms: 30 days. */
const RENEW_BEFORE_MS = 30 * 86_400_000;
/** How often the files are looked at, ms. Asked rather than watched: mounted secrets change by a renamed folder. */
const LOOK_MS = 1_000;

/** Certificate and key as PEM, with what is told of them. */
export interface Identity {
  cert: string;
  key: string;
  expiresAt: Date;
}

/** The files that say who this gateway is, and what is in use of them. */
export class IdentityFiles {
  current: Identity;
  /** Why the files on disk are not in use, or a warning about those that are; null when all is well. */
  problem: string | null;
  private seen: string;
  private failed = "";
  private timer: NodeJS.Timeout | null = null;

  private constructor(
    readonly certFile: string,
    readonly keyFile: string,
    private readonly selfSigned: boolean,
  ) {
    this.seen = this.fingerprint();
    this.current = readIdentity(certFile, keyFile);
    this.problem = expiry(this.current);
  }

  /** Reads the operator's files, or those beside the database, which are made when missing. Throws a sentence. */
  static async open(config: Config): Promise<IdentityFiles> {
    const { GATEWAY_TLS_CERT: cert, GATEWAY_TLS_KEY: key, DATABASE_URL } = config;
    if (cert !== undefined && key !== undefined) return new IdentityFiles(cert, key, false);
    const folder = dirname(DATABASE_URL.replace(/^file:/, ""));
    const files = [join(folder, "sluice.crt"), join(folder, "sluice.key")] as const;
    await makeSelfSigned(...files);
    return new IdentityFiles(...files, true);
  }

  /** Calls back with each new pair; a pair that cannot be used leaves the old one in use and is reported. */
  watch(onChange: (identity: Identity) => void): void {
    this.timer = setInterval(() => this.look(onChange), LOOK_MS);
    this.timer.unref();
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
  }

  status(): GatewayStatus["tls"] {
    const { current, problem, selfSigned } = this;
    return { expiresAt: current.expiresAt.toISOString(), selfSigned, problem };
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
      this.problem = expiry(next);
      console.log(`TLS: the certificate in ${this.certFile} is in use from now on.`);
    } catch (error) {
      // Certificate and key are two files: in between they do not match, and one look later they do.
      const settled = this.failed === found;
      this.failed = found;
      if (!settled) return;
      this.seen = found;
      this.problem = `${(error as Error).message} The certificate from before stays in use.`;
      console.error(`TLS: ${this.problem}`);
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

/** A certificate whose time is over still serves: callers who do not check get answers, the others a reason. */
function expiry({ expiresAt }: Identity): string | null {
  if (expiresAt.getTime() > Date.now()) return null;
  return `The TLS certificate expired on ${expiresAt.toISOString().slice(0, 10)}.`;
}

/**
 * Sees to it that a usable pair is there. The key appears at once and complete and is not replaced unless it is
 * empty, as a power cut leaves files that were never synced; whoever has it can write a certificate for it. So
 * gateways that start together never leave two that do not match.
 */
async function makeSelfSigned(certFile: string, keyFile: string): Promise<void> {
  const missing = statSync(keyFile, { throwIfNoEntry: false }) === undefined;
  if (missing || isBlank(keyFile)) {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const text = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    writeNewFile(keyFile, text, { replace: !missing, mode: 0o600 });
  }
  try {
    const { expiresAt } = readIdentity(certFile, keyFile);
    if (expiresAt.getTime() - Date.now() > RENEW_BEFORE_MS) return;
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
  writeNewFile(certFile, await selfSignedCertificate(key, new Date()), { replace, mode: 0o644 });
}

/** Nothing in it, or nothing but zeros. */
function isBlank(file: string): boolean {
  return read(file, "key").replaceAll("\0", "").trim() === "";
}
