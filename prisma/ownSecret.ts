import { dataFolder } from "#lib/node/dataFolder";
import { sharedEnvironment } from "#lib/node/env";
import { installationSecret } from "#lib/node/secret";

/** The secret of the installation that this process is of: from SLUICE_SECRET, or the file in its data folder. */
export function ownSecret(): Buffer {
  const environment = sharedEnvironment();
  return installationSecret(dataFolder(environment), environment.SLUICE_SECRET);
}
