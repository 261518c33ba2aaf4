/**
 * `npx sluice backup FILE` and `npx sluice restore FILE`: on the machine that has the database, which DATABASE_URL
 * names. Unlike the other commands they need no publisher.
 */
import { sharedEnvironment } from "#lib/node/env";
import { steadyConsole } from "#lib/node/output";
import { backup, type Contents, restore } from "#prisma/backup";

const USAGE = 2;
const counted = (count: number, one: string) => `${count} ${one}${count === 1 ? "" : "s"}`;
const told = ({ apis, users }: Contents) => `${counted(apis, "API")} and ${counted(users, "user")}`;

async function main([command, file, ...rest]: string[]): Promise<number> {
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

function failed(message: string): number {
  console.error(message);
  return 1;
}

steadyConsole();
process.exitCode = await main(process.argv.slice(2));
