/**
 * The database as this version has it.
 *
 *   node build/migrate.mjs               applies what is pending to DATABASE_URL
 *   npm run migration -- <name>          writes the migration that leads from the folder to schema.prisma
 */
import { sharedEnvironment } from "#lib/node/env";
import { steadyConsole } from "#lib/node/output";
import { migrate, newMigration } from "#prisma/migrate";

async function main([command, name]: string[]): Promise<number> {
  if (command === "new" && name) {
    console.log(await newMigration(name));
    return 0;
  }
  if (command !== undefined) {
    console.error("Usage: npm run migration -- <name>");
    return 1;
  }
  const result = await migrate(sharedEnvironment().DATABASE_URL);
  if (!result.ok) {
    console.error(result.message);
    return 1;
  }
  if (result.applied.length > 0) console.log(`Applied to the database: ${result.applied.join(", ")}`);
  if (result.backup) console.log(`The database as it was before is in ${result.backup}`);
  return 0;
}

steadyConsole();
process.exitCode = await main(process.argv.slice(2));
