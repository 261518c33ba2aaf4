import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { keepFile } from "./dataFolder";

/** Length of a secret that was made here: 32 bytes in base64url. */
const SECRET_CHARACTERS = 43;

/** The file of the secret is not whole; the message says what to do. */
export class UnusableSecret extends Error {}

/**
 * The installation's secret, from which keys are derived (session cookies, stored keys and credentials): from
 * `SLUICE_SECRET`, else a file in the data folder that whichever process starts first makes once, readable
 * by its owner only. Several gateways that share a database must share it. Throws `UnusableSecret` when the file
 * is not whole, since with another secret what was stored could not be read again, and `UnusableFolder` when it cannot
 * be made.
 *
 * @param folder as `dataFolder` says
 */
export function installationSecret(folder: string, given: string | undefined): Buffer {
  if (given) return Buffer.from(given);
  const file = secretFile(folder);
  const found = readIfThere(file);
  if (found !== null) return whole(file, found);
  keepFile(file, randomBytes(32).toString("base64url"), { replace: false, mode: 0o600 });
  // Perhaps that of the other process, which starts at the same moment.
  return whole(file, readFileSync(file, "utf8"));
}

/** Where the secret lies that was made here. */
export function secretFile(folder: string): string {
  return join(folder, "sluice.secret");
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (!["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    return null;
  }
}

/** What a power cut or a full disk leaves of a file: nothing, a part of it, or zeros in its length. */
function whole(file: string, text: string): Buffer {
  const secret = text.replaceAll("\0", "").trim();
  if (secret.length >= SECRET_CHARACTERS) return Buffer.from(secret);
  const what = secret === "" ? "is empty" : `is cut off: ${secret.length} of ${SECRET_CHARACTERS} characters`;
  throw new UnusableSecret(
    `The secret ${file} ${what}. Put it back from a backup, or set SLUICE_SECRET. If it is lost, delete the file and run npx sluice reseal --forget: a new one is made, everybody signs in anew, and stored passwords and keys have to be entered again.`,
  );
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
