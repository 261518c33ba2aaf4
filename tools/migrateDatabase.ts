/**
 * The database as this version has it.
 *
 *   node build/migrate.mjs               applies what is pending to DATABASE_URL, makes it at a first start
 *   node build/migrate.mjs --new         makes it although there was one, which is lost
 *   tsx tools/migrateDatabase.ts check   whether the migrations of both engines make what schema.prisma says
 *   npm run migration -- <name>          writes the migrations that lead from the folders to schema.prisma; that of
 *                                        PostgreSQL needs its programs, or SLUICE_TEST_POSTGRES
 */
import { steadyConsole } from "#lib/node/output";
import { compileWasmLate } from "#lib/node/webAssembly";
import { missingInMigrations, newMigration } from "#prisma/migrate";
import { missingOnServer, newServerMigration } from "#prisma/migratePostgres";
import { migrateAloud } from "./migrating";
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
  return (await migrateAloud(command === "--new")) ? 0 : 1;
}

steadyConsole();
compileWasmLate();
// Prisma's engine leaves a timer of 10 s behind, by which it would have given up waiting for its lock.
process.exit(await main(process.argv.slice(2)));
