import { writeFile } from "node:fs/promises";
import { Command, CommanderError } from "commander";
import { type ApiInfo, Client, FAILED, Failure, USAGE } from "./client";
import { oneOf, standardInput, wholeNumber } from "./given";
import { addImport } from "./importing";
import { init } from "./init";
import { type Deployed, deployedWords, speechOf, table } from "./speech";

/** `sluice`: what a machine needs of the publisher, over HTTP. */

interface Revision {
  number: number;
  author: string;
  createdAt: string;
  note: string;
  live: boolean;
  changes: string[] | null;
  /** When it was live, and why; the newest first. */
  intervals: { note: string }[];
}

const program = new Command("sluice")
  .description("Imports, exports, deploys and rolls back APIs of a Sluice publisher.")
  .option("--json", "print JSON instead of words")
  .addHelpText(
    "after",
    `
On the database itself (DATABASE_URL), whether the publisher runs or not:
  backup <file>                      copy a SQLite file, checked, while it may be in use
  restore <file>                     put a backup in its place; Sluice has to be stopped
  reseal [--forget]                  change the secret, from SLUICE_SECRET_PREVIOUS; Sluice has to be stopped
  migrate                            bring it to this version, as the start of a publisher does

Environment:
  SLUICE_URL                         the publisher (http://localhost:3000)
  SLUICE_TOKEN                       who you are: a token of "sluice login"
  SLUICE_USERNAME, SLUICE_PASSWORD   the same without a token

Exit codes: 0 done, 1 refused or failed, 2 used wrongly.`,
  )
  .showHelpAfterError("(--help tells how it is used)")
  .exitOverride();

const speech = speechOf(program);
const { isJson, tell, warn } = speech;
const client = () => new Client(process.env);

/** A command about one API. */
function forApi(command: Command): Command {
  return command
    .requiredOption("-n, --name <name>", "name of the API")
    .option("-v, --version <version>", "its version; may be left out when there is one only");
}

program
  .command("login")
  .description("print a token for SLUICE_TOKEN; the password comes from SLUICE_PASSWORD or standard input")
  .requiredOption("-u, --username <name>", "user of the publisher")
  .action(async ({ username }: { username: string }) => {
    const password = process.env.SLUICE_PASSWORD || (await standardInput());
    const { token } = await client().login(username, password);
    tell({ token }, token);
  });

program
  .command("init")
  .description("make a project folder in the layout of apictl init")
  .argument("<folder>", "new or empty folder")
  .option("--oas <file>", "OpenAPI document that the API is made of")
  .action(async (folder: string, { oas }: { oas?: string }) => {
    const warnings = await init(folder, oas);
    warn(warnings);
    tell({ folder, warnings }, `Made the project ${folder}. Import it with: sluice import api -f ${folder}`);
  });

addImport(program, speech, client);

forApi(
  program
    .command("export")
    .description("take an API out")
    .command("api")
    .description("export an API as an OpenAPI document or a WSO2 project; secrets are not in it"),
)
  .option(
    "--format <format>",
    "yaml, json, oas (the same as yaml) or project",
    oneOf("yaml", "json", "oas", "project"),
    "project",
  )
  .option("-r, --revision <revision>", "draft, live or the number of a revision", "draft")
  .option(
    "-o, --output <file>",
    "file to write; without it a project goes to <name>-<version>.zip, a document to the terminal",
  )
  .action(
    async (options: {
      name: string;
      version?: string;
      format: string;
      revision: string;
      output?: string;
    }) => {
      const api = await client().find(options.name, options.version);
      const format = options.format === "oas" ? "yaml" : options.format;
      const query = new URLSearchParams({ format, revision: options.revision });
      const bytes = await client().bytes(`/apis/${api.id}/export?${query}`);
      const stem = `${api.name}-${api.version}`.replace(/[^A-Za-z0-9._-]+/g, "_");
      const file = options.output ?? (format === "project" ? `${stem}.zip` : undefined);
      if (file === undefined) return void process.stdout.write(bytes);
      await writeFile(file, bytes).catch((error: Error) => {
        throw new Failure(`${file} cannot be written: ${error.message}`);
      });
      tell({ file, bytes: bytes.length }, `Wrote ${file}.`);
    },
  );

const getting = program.command("get").description("list what is there");
getting
  .command("apis")
  .description("list the APIs")
  .action(async () => {
    const { apis } = await client().json<{ apis: ApiInfo[] }>("GET", "/api/v1/apis");
    const rows = apis.map(({ name, version, basePath, live, changed }) => {
      const state = live === null ? "draft" : `r${live.revision}${changed ? ", draft differs" : ""}`;
      return [name, version, basePath, state];
    });
    tell(
      apis,
      apis.length === 0 ? "There are no APIs." : table([["NAME", "VERSION", "PATH", "DEPLOYED"], ...rows]),
    );
  });
forApi(getting.command("revisions").description("list the revisions of an API")).action(
  async ({ name, version }: { name: string; version?: string }) => {
    const { id } = await client().find(name, version);
    const { revisions } = await client().json<{ revisions: Revision[] }>(
      "GET",
      `/api/v1/apis/${id}/revisions`,
    );
    const rows = revisions.map(({ number, live, author, createdAt, note, changes, intervals }) => [
      `r${number}`,
      live ? "deployed" : "",
      createdAt,
      author,
      note || intervals.find((interval) => interval.note)?.note || (changes ?? []).join("; "),
    ]);
    const words =
      revisions.length === 0
        ? "There are no revisions."
        : table([["NUMBER", "", "MADE", "BY", "WHAT"], ...rows]);
    tell(revisions, words);
  },
);

forApi(program.command("deploy").description("deploy the draft of an API"))
  .option("--note <text>", "why")
  .action(async ({ name, version, note }: { name: string; version?: string; note?: string }) => {
    const api = await client().find(name, version);
    const body = { note: note ?? "" };
    const done = await client().json<Deployed>("POST", `/api/v1/apis/${api.id}/deployments`, body);
    tell(done, deployedWords(done, api));
  });

forApi(
  program.command("rollback").description("deploy a revision that was made before; the draft is untouched"),
)
  .requiredOption("-r, --revision <number>", "number of the revision", wholeNumber)
  .option("--note <text>", "why")
  .action(async (options: { name: string; version?: string; revision: number; note?: string }) => {
    const api = await client().find(options.name, options.version);
    const body = { revision: options.revision, note: options.note ?? "" };
    const done = await client().json<Deployed>("POST", `/api/v1/apis/${api.id}/deployments`, body);
    tell(done, deployedWords(done, api));
  });

forApi(program.command("undeploy").description("take an API off the gateway")).action(
  async ({ name, version }: { name: string; version?: string }) => {
    const api = await client().find(name, version);
    const done = await client().json<{ live: boolean }>("DELETE", `/api/v1/apis/${api.id}/deployments`);
    const words = done.live
      ? "The gateway has not confirmed it yet."
      : "The gateway does not serve it any more.";
    const title = `${api.name} ${api.version}`;
    tell(done, api.live ? `Undeployed ${title}. ${words}` : `${title} was not deployed.`);
  },
);

forApi(program.command("token").description("print a test token for an API, an hour long"))
  .option("--keytype <type>", "PRODUCTION or SANDBOX", oneOf("PRODUCTION", "SANDBOX"), "PRODUCTION")
  .action(async ({ name, version, keytype }: { name: string; version?: string; keytype: string }) => {
    const { id } = await client().find(name, version);
    const body = { keyType: keytype.toLowerCase() };
    const issued = await client().json<{ token: string }>("POST", `/api/v1/apis/${id}/tokens`, body);
    tell(issued, issued.token);
  });

program.parseAsync().catch((error: unknown) => {
  // Commander has told what was wrong, or printed the help that was asked for.
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : USAGE);
  const known = error instanceof Failure;
  const message = known
    ? error.message
    : `This should not happen: ${error instanceof Error ? error.stack : error}`;
  if (isJson()) {
    const problems = known ? error.problems : undefined;
    process.stdout.write(
      `${JSON.stringify({ error: message, ...(problems === undefined ? {} : { problems }) }, null, 2)}\n`,
    );
  } else process.stderr.write(`${message}\n`);
  process.exitCode = known ? error.exitCode : FAILED;
});
