import { sharedEnvironment } from "#lib/node/env";
import { lostDatabase, putRestAside } from "#prisma/lostDatabase";
import { migrate } from "#prisma/migrate";

/**
 * Applies what is pending to the database of DATABASE_URL, or makes it, and tells what it did. Returns whether it is as
 * this version has it now; why not is told.
 *
 * @param isNew makes one although there was another, which is lost
 */
export async function migrateAloud(isNew: boolean): Promise<boolean> {
  let environment: ReturnType<typeof sharedEnvironment>;
  try {
    environment = sharedEnvironment();
  } catch (error) {
    // A sentence about a variable.
    console.error(error instanceof Error ? error.message : error);
    return false;
  }
  const { DATABASE_URL: url } = environment;
  if (isNew) {
    const aside = putRestAside(url, new Date());
    if (aside) console.log(`What is left of the database before is beside it, as ${aside}-*`);
  }
  const lost = isNew ? null : lostDatabase(environment);
  if (lost) {
    console.error(lost);
    return false;
  }
  const result = await migrate(url);
  if (!result.ok) {
    console.error(result.message);
    return false;
  }
  if (result.applied.length > 0) console.log(`Applied to the database: ${result.applied.join(", ")}`);
  if (result.hint) console.log(result.hint);
  if (result.backup) console.log(`The database as it was before is in ${result.backup}`);
  return true;
}
