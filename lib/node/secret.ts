import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The installation's secret, from which keys are derived (session cookies, stored keys and credentials): from
 * `SLUICE_SECRET`, else a file beside the database that whichever process starts first makes once, readable
 * by its owner only. Several gateways that share a database must share it.
 */
export function installationSecret(databaseUrl: string, given: string | undefined): Buffer {
  if (given) return Buffer.from(given);
  const file = join(dirname(databaseUrl.replace(/^file:/, "")), "sluice.secret");
  try {
    return Buffer.from(readFileSync(file, "utf8").trim());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const own = `${file}.${process.pid}`;
  writeFileSync(own, randomBytes(32).toString("base64url"), { mode: 0o600 });
  try {
    // A link appears complete: the other process, which starts at the same moment, never reads half a secret.
    linkSync(own, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(own, { force: true });
  }
  return Buffer.from(readFileSync(file, "utf8").trim());
}

/** What a sealed text begins with: the version of its form. */
const SEALED = "v1.";

/** A key for one purpose, derived so that no two purposes share one. 32 bytes. */
export function keyFor(secret: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secret, "sluice", purpose, 32));
}

/** Encrypts a text for a column (AES-256-GCM): `v1.` and base64url of nonce, tag and ciphertext. */
export function seal(key: Buffer, text: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return SEALED + Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url");
}

/** Reads what `seal` wrote. Null when it was written with another key or altered. */
export function unseal(key: Buffer, sealed: string): string | null {
  if (!sealed.startsWith(SEALED)) return null;
  const bytes = Buffer.from(sealed.slice(SEALED.length), "base64url");
  if (bytes.length < 28) return null;
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12));
    decipher.setAuthTag(bytes.subarray(12, 28));
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString("utf8");
  } catch {
    return null;
  }
}
