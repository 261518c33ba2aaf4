import { database } from "#prisma/db";
import { ownSecret } from "#prisma/ownSecret";
import { proveSecret } from "#prisma/secretProbe";

/** How often it is looked again where the database cannot be read or written, ms. */
const RETRY_MS = 1_000;

const REFUSAL =
  "The database was written with another SLUICE_SECRET than this one (or than sluice.secret in the data folder). Start with that one, or change to this one: npx sluice reseal, with that one in SLUICE_SECRET_PREVIOUS. If it is lost, npx sluice reseal --forget drops what it had sealed.";

/**
 * Ends the process with a sentence where the database was written with another secret, before anything is written with
 * this one. Trouble with the database, which others tell of, is outlasted.
 */
export async function refuseOtherSecret(): Promise<void> {
  try {
    if (await proveSecret(database(), ownSecret())) return;
  } catch {
    setTimeout(() => void refuseOtherSecret(), RETRY_MS).unref();
    return;
  }
  console.error(REFUSAL);
  process.exit(1);
}
