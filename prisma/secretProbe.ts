import { keyFor, seal, unseal } from "#lib/node/secret";
import { opens } from "./access/signedTokens";
import type { PrismaClient } from "./generated/client";
import { CREDENTIALS } from "./sealedSecrets";

/**
 * Whether the secret that a publisher was started with is the one that its database was written with. A sealed text
 * tells: without it two publishers of different secrets would each make what the other cannot read.
 */

/** Its row among the settings, whose value is the sealed text as JSON. */
export const PROBE = "secretProbe";
const PURPOSE = "secret-probe";
const TEXT = "This is the secret.";

type Db = Pick<PrismaClient, "setting" | "signingKey" | "secret">;

/** The value of the row, for this secret. */
export const probeOf = (secret: Buffer) => JSON.stringify(seal(keyFor(secret, PURPOSE), TEXT));

/** Whether a value was made of this secret. */
export function isProbeOf(secret: Buffer, value: string): boolean {
  try {
    const sealed: unknown = JSON.parse(value);
    return typeof sealed === "string" && unseal(keyFor(secret, PURPOSE), sealed) === TEXT;
  } catch {
    return false;
  }
}

/**
 * Whether the database was written with this secret, or with none yet: it is marked with it then. One of version 0.1.0
 * has no mark: what it sealed last decides. Rejects where the database cannot be read or marked.
 */
export async function proveSecret(db: Db, secret: Buffer): Promise<boolean> {
  const marked = await db.setting.findUnique({ where: { name: PROBE } });
  if (marked) return isProbeOf(secret, marked.value);
  if (!(await opensNewest(db, secret))) return false;
  try {
    await db.setting.create({ data: { name: PROBE, value: probeOf(secret) } });
    return true;
  } catch (error) {
    // Another publisher came first, whose secret it is now.
    const other = await db.setting.findUnique({ where: { name: PROBE } });
    if (!other) throw error;
    return isProbeOf(secret, other.value);
  }
}

/** A start of 0.1.0 made a signing key wherever its secret did not open the newest one. */
async function opensNewest(db: Db, secret: Buffer): Promise<boolean> {
  const key = await db.signingKey.findFirst({ orderBy: [{ createdAt: "desc" }, { id: "desc" }] });
  if (key) return opens(key.privateJwk, secret) !== null;
  const credential = await db.secret.findFirst({ orderBy: [{ createdAt: "desc" }, { id: "desc" }] });
  return !credential || unseal(keyFor(secret, CREDENTIALS), credential.sealed) !== null;
}
