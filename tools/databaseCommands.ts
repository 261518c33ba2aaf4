/**
 * `npx sluice backup FILE`, `npx sluice restore FILE`, `npx sluice reseal` and `npx sluice migrate`: on the database that
 * DATABASE_URL names. Unlike the other commands they need no publisher.
 */
import { shownDatabase } from "#lib/node/databaseUrl";
import { sharedEnvironment, usesPostgres } from "#lib/node/env";
import { steadyConsole } from "#lib/node/output";
import { backup, type Contents, isOpen, restore } from "#prisma/backup";
import { loadPostgres, openWriter } from "#prisma/connect";
import { mendLive } from "#prisma/liveMending";
import { ownSecret } from "#prisma/ownSecret";
import { isNone, reseal, sealedWords } from "#prisma/reseal";
import { databaseFile } from "#prisma/sqlite";
import { troubleOf } from "#prisma/trouble";
import { migrateAloud } from "./migrating";

const USAGE = 2;
const counted = (count: number, one: string) => `${count} ${one}${count === 1 ? "" : "s"}`;
const told = ({ apis, users }: Contents) => `${counted(apis, "API")} and ${counted(users, "user")}`;

async function main([command, ...args]: string[]): Promise<number> {
  try {
    sharedEnvironment();
  } catch (error) {
    return failed((error as Error).message);
  }
  if (command === "migrate") return migrated(args);
  if (command === "reseal") return resealed(args);
  const [file, ...rest] = args;
  if (!file || file.startsWith("-") || rest.length > 0) {
    console.error(`Usage: sluice ${command} <file>`);
    return USAGE;
  }
  const { DATABASE_URL: url } = sharedEnvironment();
  if (command === "backup") {
    const made = await backup(url, file);
    if (!made.ok) return failed(made.message);
    console.log(`Wrote ${file}, with ${told(made.contents)}. It holds no secret: keep sluice.secret, too.`);
    return 0;
  }
  const restored = await restore(url, file, new Date());
  if (!restored.ok) return failed(restored.message);
  const { contents, aside } = restored;
  console.log(`Restored ${told(contents)}.${aside ? ` The database before is ${aside}.` : ""}`);
  return 0;
}

/** What the start of a publisher does to its database, for machines where the publisher must not. */
async function migrated(args: string[]): Promise<number> {
  if (args.length > 0) {
    console.error("Usage: sluice migrate");
    return USAGE;
  }
  if (!(await migrateAloud(false))) return 1;
  const { DATABASE_URL: url } = sharedEnvironment();
  const db = await openWriter(url);
  try {
    const mended = await mendLive(db);
    if (mended > 0)
      console.log(`Whose which path is was not written for ${counted(mended, "API")}; now it is.`);
    console.log(`${shownDatabase(url)} is as this version has it.`);
    return 0;
  } catch (error) {
    return failed(`Whose which path is could not be looked at: ${wordsOf(error)}`);
  } finally {
    await db.$disconnect();
  }
}

async function resealed(args: string[]): Promise<number> {
  const forget = args[0] === "--forget";
  if (args.length > (forget ? 1 : 0)) {
    console.error("Usage: sluice reseal [--forget]");
    return USAGE;
  }
  const { DATABASE_URL: url } = sharedEnvironment();
  const { SLUICE_SECRET_PREVIOUS: given } = process.env;
  try {
    const user = await userOf(url);
    if (user) return failed(`${user} Stop Sluice, then change the secret. Nothing was changed.`);
  } catch (error) {
    return failed(`The secret could not be changed: ${wordsOf(error)} Nothing was changed.`);
  }
  const db = await openWriter(url);
  try {
    const secrets = { previous: given ? Buffer.from(given) : undefined, secret: ownSecret() };
    const done = await reseal(db, secrets, forget);
    if (!done.ok) return failed(done.message);
    const { anew, lost } = done;
    console.log(isNone(anew) ? "Nothing was sealed anew." : `Sealed anew: ${sealedWords(anew)}.`);
    if (!isNone(lost)) {
      console.log(
        `Dropped: ${sealedWords(lost)}. Enter passwords and keys again; tokens of a dropped signing key end.`,
      );
    }
    console.log("Start all publishers and gateways with this secret. Everybody signs in anew.");
    return 0;
  } catch (error) {
    return failed(`The secret could not be changed: ${wordsOf(error)} Nothing was changed.`);
  } finally {
    await db.$disconnect();
  }
}

/** Who has the database open, in a sentence; null when nobody has. */
async function userOf(url: string): Promise<string | null> {
  const file = databaseFile(url);
  if (!usesPostgres()) return file && (await isOpen(file)) ? `${file} is in use.` : null;
  const { withConnection } = await loadPostgres();
  const [[count] = []] = await withConnection(url, (query) =>
    query(
      "SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND application_name = current_setting('application_name') AND pid <> pg_backend_pid()",
    ),
  );
  const open = counted(Number(count), "connection");
  return Number(count) > 0 ? `${shownDatabase(url)} is in use: Sluice has ${open} open.` : null;
}

function wordsOf(error: unknown): string {
  const { known, message } = troubleOf(error);
  return known || !(error instanceof Error) ? message : (error.message.trim().split("\n").at(-1) ?? message);
}

function failed(message: string): number {
  console.error(message);
  return 1;
}

steadyConsole();
// Prisma's engine leaves a timer behind, see migrateDatabase.ts.
process.exit(await main(process.argv.slice(2)));
