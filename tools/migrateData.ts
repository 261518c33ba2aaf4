/**
 * `npm run migrate-data -- --from file:./data/sluice.db --to postgresql://...`: moves everything that is stored to
 * PostgreSQL. Sluice is stopped meanwhile; the file stays as it is.
 */
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { databaseUrlProblem, shownDatabase } from "#lib/node/databaseUrl";
import { dataFolder } from "#lib/node/dataFolder";
import { steadyConsole } from "#lib/node/output";
import { installationSecret, secretFile } from "#lib/node/secret";
import { forgottenTables, moveData } from "#prisma/moveData";
import { loadEnvFile } from "./clone.mjs";

const USAGE =
  "Usage: npm run migrate-data -- --from file:./data/sluice.db --to postgresql://user:password@host:5432/database";

async function main(): Promise<number> {
  const options = { from: { type: "string" }, to: { type: "string" } } as const;
  const { from, to } = parseArgs({ options, strict: false }).values;
  if (typeof from !== "string" || typeof to !== "string") return failed(USAGE);
  for (const [name, url] of [
    ["--from", from],
    ["--to", to],
  ] as const) {
    const problem = databaseUrlProblem(url);
    if (problem) return failed(`${name} ${problem}.`);
  }
  loadEnvFile();
  const { SLUICE_DATA, SLUICE_SECRET } = process.env;
  const folder = dataFolder({ DATABASE_URL: from, SLUICE_DATA });
  if (!SLUICE_SECRET && !existsSync(secretFile(folder))) {
    return failed(
      `There is no ${secretFile(folder)}: give the secret that the data was written with in SLUICE_SECRET.`,
    );
  }
  if (forgottenTables().length > 0) return failed(`Nobody says how to move ${forgottenTables().join(", ")}.`);
  const moved = await moveData(from, to, installationSecret(folder, SLUICE_SECRET));
  if (!moved.ok) return failed(`${moved.message} Nothing was moved.`);
  for (const { table, count } of moved.rows) console.log(`${String(count).padStart(8)}  ${table}`);
  console.log(
    `All of it is in ${shownDatabase(to)}, compared row by row. Start Sluice with DATABASE_URL set to it, and with the same secret: ${SLUICE_SECRET ? "SLUICE_SECRET" : secretFile(folder)}.`,
  );
  return 0;
}

function failed(message: string): number {
  console.error(message);
  return 1;
}

steadyConsole();
// Prisma's engine leaves a timer behind, see migrateDatabase.ts.
process.exit(await main());
