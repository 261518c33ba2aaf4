/**
 * The database as this version has it.
 *
 *   node build/migrate.mjs               applies what is pending to DATABASE_URL, makes it at a first start
 *   node build/migrate.mjs --new         makes it although there was one, which is lost
 *   tsx tools/migrateDatabase.ts check   whether the migrations of both engines make what schema.prisma says
 *   npm run migration -- <name>          writes the migrations that lead from the folders to schema.prisma; that of
 *                                        PostgreSQL needs its programs, or SLUICE_TEST_POSTGRES
 */
import { sharedEnvironment } from "#lib/node/env";
import { steadyConsole } from "#lib/node/output";
import { lostDatabase, putRestAside } from "#prisma/lostDatabase";
import { migrate, missingInMigrations, newMigration } from "#prisma/migrate";
import { missingOnServer, newServerMigration } from "#prisma/migratePostgres";
import { withPostgres } from "./postgresServer";

async function main([command, name]: string[]): Promise<number> {
  if (command === "new" && name) {
    const now = new Date();
    console.log(await newMigration(name, now));
    await withPostgres(async (url) => console.log(await newServerMigration(url, name, now)));
    return 0;
  }
  if (command === "check") {
    const missing = [await missingInMigrations(), await withPostgres(missingOnServer)].join("");
    if (missing)
      console.error(`The migrations do not make what schema.prisma says; there lacks:\n${missing}`);
    return missing ? 1 : 0;
  }
  if (command !== undefined && command !== "--new") {
    console.error("Usage: npm run migration -- <name>");
    return 1;
  }
  const environment = sharedEnvironment();
  const { DATABASE_URL: url } = environment;
  if (command === "--new") {
    const aside = putRestAside(url, new Date());
    if (aside) console.log(`What is left of the database before is beside it, as ${aside}-*`);
  }
  const lost = command === "--new" ? null : lostDatabase(environment);
  if (lost) {
    console.error(lost);
    return 1;
  }
  const result = await migrate(url);
  if (!result.ok) {
    console.error(result.message);
    return 1;
  }
  if (result.applied.length > 0) console.log(`Applied to the database: ${result.applied.join(", ")}`);
  if (result.hint) console.log(result.hint);
  if (result.backup) console.log(`The database as it was before is in ${result.backup}`);
  return 0;
}

steadyConsole();
// Prisma's engine leaves a timer of 10 s behind, by which it would have given up waiting for its lock.
process.exit(await main(process.argv.slice(2)));
