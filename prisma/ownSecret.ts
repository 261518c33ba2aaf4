import { sharedEnvironment } from "#lib/node/env";
import { installationSecret } from "#lib/node/secret";

/** The secret of the installation that this process is of: from SLUICE_SECRET, or the file beside its database. */
export function ownSecret(): Buffer {
  const { DATABASE_URL, SLUICE_SECRET } = sharedEnvironment();
  return installationSecret(DATABASE_URL, SLUICE_SECRET);
}
