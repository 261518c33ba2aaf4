import { basename, join } from "node:path";
import type { Command } from "commander";
import { basePath } from "#lib/edit/api";
import { clashOf } from "#lib/edit/clashes";
import { type Client, FAILED, Failure, Unavailable, USAGE } from "./client";
import { namedVariables, readSource, readText } from "./projectFiles";
import { type Sources, sourcesIn } from "./sourcesIn";
import { type Speech, seen, table } from "./speech";

/** `sluice import api`: one source, or a folder of them. */

interface Remark {
  place: string;
  message: string;
}

interface Imported {
  name: string;
  version: string;
  created: boolean;
  unchanged: boolean;
  revision: number | null;
  live: boolean;
  warnings: Remark[];
}

/** What an import would come to. */
interface Tried extends Omit<Imported, "live"> {
  context: string;
  dryRun: true;
}

type Preview =
  | { ok: false; problems: Remark[] }
  | {
      ok: true;
      context: string;
      warnings: Remark[];
      outcome: { ok: false; problems: Remark[] } | ({ ok: true } & Omit<Tried, "context">);
    };

interface Options {
  file: string;
  params?: string;
  environment?: string;
  name?: string;
  apiVersion?: string;
  context?: string;
  override?: true;
  deploy?: true;
  dryRun?: true;
  note?: string;
}

/** One of a folder. */
type Result = { file: string } & (
  | (Imported | Tried)
  | { error: string; problems?: unknown }
  | { skipped: true }
);

const oneLine = ({ place, message }: Remark) => (place === "" ? message : `${place}: ${message}`);

export function addImport(program: Command, { tell, warn }: Speech, client: () => Client): void {
  program
    .command("import")
    .description("bring APIs in")
    .command("api")
    .description("import a WSO2 project (folder or ZIP) or an OpenAPI document, or all that are in a folder")
    .requiredOption("-f, --file <path>", "folder, ZIP file, or OpenAPI document in YAML or JSON")
    .option("--params <file>", "parameter file of apictl; variables in it are taken from the environment")
    .option("-e, --environment <name>", "environment of the parameter file")
    .option("--name <name>", "name of the API instead of the file's")
    .option("--api-version <version>", "version of the API instead of the file's")
    .option("--context <path>", "context of the API instead of the file's")
    .option("--override", "replace the draft of an API that is there already")
    .option("--deploy", "deploy it when it is imported")
    .option("--dry-run", "write nothing, and tell what would be made or what is wrong")
    .option("--note <text>", "why it is deployed")
    .action(async (options: Options) => {
      const params = options.params === undefined ? undefined : await readText(options.params);
      const found = await sourcesIn(options.file);
      if (found) {
        const results = await importAll(found, options, (path) => importOne(client(), path, options, params));
        warn(results.flatMap(warningsOf));
        tell(results, wordsOfAll(results));
        if (results.some((result) => "error" in result)) process.exitCode = FAILED;
        return;
      }
      const made = await importOne(client(), options.file, options, params);
      warn(made.warnings.map(oneLine));
      tell(made, wordsOf(made));
    });
}

async function importOne(
  client: Client,
  path: string,
  options: Options,
  params: string | undefined,
): Promise<Imported | Tried> {
  const form = await formOf(path, options, params);
  const query = new URLSearchParams({
    override: String(options.override ?? false),
    deploy: String(options.deploy ?? false),
    ...(options.dryRun && { preview: "true" }),
  });
  const answer = await client.json<Imported | Preview>("POST", `/api/v1/apis?${query}`, form);
  if (!("ok" in answer)) return answer;
  if (!answer.ok) throw refusedFor(answer.problems);
  const { outcome, warnings } = answer;
  if (!outcome.ok) throw refusedFor(outcome.problems);
  const { ok: _ok, ...made } = outcome;
  return { ...made, context: options.context ?? answer.context, warnings, dryRun: true };
}

const refusedFor = (problems: readonly Remark[]) =>
  new Failure(problems.map(oneLine).join("\n"), FAILED, problems);

async function formOf(path: string, options: Options, params: string | undefined): Promise<FormData> {
  const { bytes, name, texts } = await readSource(path);
  const form = new FormData();
  form.set("file", new Blob([new Uint8Array(bytes)]), name);
  if (params !== undefined) form.set("params", params);
  if (params !== undefined || options.environment) {
    form.set("variables", JSON.stringify(namedVariables([params ?? "", ...texts], process.env)));
  }
  const { environment, apiVersion: version, context, note } = options;
  const fields = { environment, name: options.name, version, context, note };
  for (const [field, value] of Object.entries(fields)) if (value) form.set(field, value);
  return form;
}

/** One after the other; what is wrong with one keeps no other from being imported. */
async function importAll(
  { sources, skipped }: Sources,
  options: Options,
  bringIn: (path: string) => Promise<Imported | Tried>,
): Promise<Result[]> {
  if (options.name ?? options.apiVersion ?? options.context) {
    throw new Failure(
      `${options.file} is a folder of several: --name, --api-version and --context are for one API.`,
      USAGE,
    );
  }
  const results: Result[] = [];
  for (const file of sources) {
    const result = await bringIn(join(options.file, file)).catch((error: unknown) => {
      if (!(error instanceof Failure)) throw error;
      // As long as nothing has come of it, that is all there is to say.
      if (error instanceof Unavailable && results.every((before) => "error" in before)) throw error;
      return error;
    });
    if (!(result instanceof Failure)) results.push({ file, ...clashing(result, results, options) });
    else {
      const { message: error, problems } = result;
      results.push({ file, error, ...(problems === undefined ? {} : { problems }) });
    }
    if (!(result instanceof Unavailable)) continue;
    const error = "Not tried, after what came before.";
    results.push(...sources.slice(sources.indexOf(file) + 1).map((after) => ({ file: after, error })));
    break;
  }
  return [...results, ...skipped.map((file) => ({ file, skipped: true as const }))];
}

/** In a dry run nobody else knows of those before it: what of this one would be theirs already. */
function clashing(
  made: Imported | Tried,
  before: readonly Result[],
  { override }: Options,
): Imported | Tried | { error: string } {
  if (!("dryRun" in made)) return made;
  const others = before.filter((one): one is { file: string } & Tried => "dryRun" in one);
  const clash = clashOf(made, others);
  if (!clash) return made;
  const { other, taken } = clash;
  if (taken === "name" && override) return { ...made, created: false, unchanged: false };
  return taken === "name"
    ? { error: `${other.file} is ${made.name} ${made.version}, too.` }
    : { error: `${basePath(made)} would belong to ${other.name} ${other.version} of ${other.file}.` };
}

function wordsOf(made: Imported | Tried): string {
  const title = `${made.name} ${made.version}`;
  const isDry = "dryRun" in made;
  const [imports, replaces, changes, deploys] = isDry
    ? ["Would import", "Would replace", "would change", "Would deploy"]
    : ["Imported", "Replaced", "changed", "Deployed"];
  const replaced = made.unchanged
    ? `Nothing ${changes} in the draft of ${title}.`
    : `${replaces} the draft of ${title}.`;
  const done = made.created ? `${imports} ${title}.` : replaced;
  const deployed = made.revision === null ? "" : ` ${deploys} r${made.revision}.`;
  return `${done}${deployed}${deployed === "" || isDry ? "" : ` ${seen(made.live)}`}`;
}

const warningsOf = (result: Result): string[] =>
  "warnings" in result ? result.warnings.map((warning) => `${result.file}, ${oneLine(warning)}`) : [];

function wordsOfAll(results: readonly Result[]): string {
  const rows = results.flatMap((result) => {
    if ("skipped" in result) return [];
    if ("error" in result) return [[result.file, "", "", `failed: ${firstLine(result.error)}`]];
    return [[result.file, result.name, result.version, doneOf(result)]];
  });
  const skipped = results.flatMap((result) => ("skipped" in result ? [basename(result.file)] : []));
  const words = table([["FILE", "NAME", "VERSION", "RESULT"], ...rows]);
  if (skipped.length === 0) return words;
  return `${words}\n\nSkipped, being no project, ZIP file or OpenAPI document: ${skipped.join(", ")}`;
}

function doneOf(made: Imported | Tried): string {
  const isDry = "dryRun" in made;
  const done = made.created ? "created" : made.unchanged ? "unchanged" : "replaced";
  const deployed = made.revision === null ? "" : `, deployed r${made.revision}`;
  const late = made.revision === null || isDry || made.live ? "" : " (not confirmed by the gateway yet)";
  return `${isDry ? "would be " : ""}${done}${deployed}${late}`;
}

function firstLine(message: string): string {
  const [first = "", ...more] = message.split("\n");
  return more.length === 0 ? first : `${first} (and ${more.length} more)`;
}
