/**
 * `npx sluice backup FILE`, `npx sluice restore FILE` and `npx sluice reseal`: on the machine that has the database,
 * which DATABASE_URL names. Unlike the other commands they need no publisher.
 */
import { sharedEnvironment } from "#lib/node/env";
import { steadyConsole } from "#lib/node/output";
import { backup, type Contents, isOpen, restore } from "#prisma/backup";
import { openDatabase } from "#prisma/db";
import { ownSecret } from "#prisma/ownSecret";
import { isNone, reseal, sealedWords } from "#prisma/reseal";
import { databaseFile } from "#prisma/sqlite";
import { troubleOf } from "#prisma/trouble";

const USAGE = 2;
const counted = (count: number, one: string) => `${count} ${one}${count === 1 ? "" : "s"}`;
const told = ({ apis, users }: Contents) => `${counted(apis, "API")} and ${counted(users, "user")}`;

async function main([command, ...args]: string[]): Promise<number> {
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

async function resealed(args: string[]): Promise<number> {
  const forget = args[0] === "--forget";
  if (args.length > (forget ? 1 : 0)) {
    console.error("Usage: sluice reseal [--forget]");
    return USAGE;
  }
  const { DATABASE_URL: url } = sharedEnvironment();
  const { SLUICE_SECRET_PREVIOUS: given } = process.env;
  const file = databaseFile(url);
  if (file && (await isOpen(file))) {
    return failed(`${file} is in use. Stop Sluice, then change the secret. Nothing was changed.`);
  }
  const db = openDatabase(url);
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
    const { known, message } = troubleOf(error);
    const why = known || !(error instanceof Error) ? message : error.message.trim().split("\n").at(-1);
    return failed(`The secret could not be changed: ${why} Nothing was changed.`);
  } finally {
    await db.$disconnect();
  }
}

function failed(message: string): number {
  console.error(message);
  return 1;
}

steadyConsole();
process.exitCode = await main(process.argv.slice(2));
