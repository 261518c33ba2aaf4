import { randomBytes } from "node:crypto";
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The installation's secret, from which keys are derived (session cookies, later stored credentials): from
 * `SLUICE_SECRET`, else a file beside the database that whichever process starts first makes once, readable
 * by its owner only. Several gateways that share a database must share it.
 */
export function installationSecret(databaseUrl: string, given: string | undefined): Buffer {
  if (given) return Buffer.from(given);
  const file = join(dirname(databaseUrl.replace(/^file:/, "")), "sluice.secret");
  try {
    const handle = openSync(file, "wx", 0o600);
    writeSync(handle, randomBytes(32).toString("base64url"));
    closeSync(handle);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return Buffer.from(readFileSync(file, "utf8").trim());
}
