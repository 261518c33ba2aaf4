import type { ApiDefinition } from "../api";
import { readOpenApi } from "../openapi/read";
import type { OpenApiReading } from "../openapi/types";
import { type ApiData, dataOf, filledIn, readData, readOperations } from "./apiData";
import { type ProjectCertificate, readCertificates } from "./certificates";
import { contextOf } from "./context";
import { type EndpointExtras, readEndpointConfig } from "./endpointConfig";
import { type EnvironmentOptions, readEnvironment } from "./environment";
import { findFile, type ProjectFiles, readYaml, withoutTopFolder, written } from "./files";
import { withSecrets } from "./keptSecrets";
import { type Note, Notes } from "./notes";
import { combined } from "./precedence";
import { type Json, objectOf, shown, textOf, withoutCredentials, withoutKeys } from "./values";
import { substituted } from "./variables";

/** A WSO2 project, as `apictl init` and `apictl export` make them: spec/openapi-and-apictl.md section 2. */

export interface ProjectOptions extends EnvironmentOptions {
  /** A new random id: lib has no randomness of its own. */
  newId(): string;
  /** The API that it is imported into: endpoints with the same URL stay the same endpoints. */
  present?: ApiDefinition;
}

export interface Project {
  ok: true;
  /** To be parsed: what it lacks to be saved is told with the same words as in the browser. */
  definition: Record<string, unknown> & { name: string; version: string };
  certificates: ProjectCertificate[];
  warnings: Note[];
}

export type ProjectResult = Project | { ok: false; problems: Note[] };

/** What of a project is kept as it is, in `definition.extras.wso2`. */
export interface ProjectExtras {
  data?: Json;
  /** Beside `type` and `data`. */
  wrapper?: Json;
  endpoints?: EndpointExtras;
  /** Text files by path. */
  files?: Record<string, string>;
}

const endings = (stem: string) => ["yaml", "yml", "json"].map((ending) => `${stem}.${ending}`);
const keptFiles = [...endings("api_meta"), ...endings("deployment_environments")];
const definitions = [...endings("Definitions/swagger"), ...endings("Definitions/openapi")];

/** Reads everything or tells everything that is wrong, each with its file, its place and what is allowed there. */
export function readProject(given: ProjectFiles, options: ProjectOptions): ProjectResult {
  const files = withoutTopFolder(given);
  const main = findFile(files, endings("api"));
  if (!main) return refuse("api.yaml", "", "The project has no api.yaml (or api.json) at its top.");
  if ("problem" in main) return { ok: false, problems: [main.problem] };
  const read = readYaml(main.file, main.text);
  if ("problems" in read) return { ok: false, problems: read.problems };
  const notes = new Notes(main.file);
  const { source } = read;
  const wrapped = objectOf(source.value.data);
  const { variables } = options;
  const whole = variables ? substituted(source.value, variables, notes) : source.value;
  const data = objectOf(wrapped ? objectOf(whole)?.data : whole) ?? {};
  const type = wrapped ? textOf(source.value.type).trim() : "";
  if (!["", "api"].includes(type)) {
    notes.problem("type", `${shown(type)} is not supported: only projects of type api are.`);
    return { ok: false, problems: notes.problems };
  }
  const openapi = readDefinition(files, options);
  if (openapi && !openapi.ok) return { ok: false, problems: [...notes.problems, ...openapi.problems] };

  // As it is written, unless a variable makes it something else.
  const said = (key: string) => {
    const text = written(source, wrapped ? ["data", key] : [key], data[key]);
    return text.includes("${") ? textOf(data[key]).trim() : text;
  };
  const version = said("version") || (openapi?.definition.version ?? "");
  const name = said("name") || (openapi?.definition.name ?? "");
  const env = readEnvironment(files, objectOf(data.endpointConfig) ?? {}, options);
  const replaced = env.notes.problems.length === 0 ? env.endpointConfig : undefined;
  const { groups, extras } = readEndpointConfig(replaced ?? data.endpointConfig, {
    notes: replaced ? env.notes : notes,
    place: replaced ? "endpoints" : `${wrapped ? "data." : ""}endpointConfig`,
    newId: options.newId,
    present: options.present?.endpoints,
  });
  const { api, unknown } = readData(data, notes);
  const certificates = readCertificates(files, env.certificates);
  const problems = [...notes.problems, ...env.notes.problems, ...certificates.problems];
  if (problems.length > 0) return { ok: false, problems };

  const reading = openapi?.ok ? openapi : undefined;
  // An environment that was asked for is what is meant, whatever the files name for all of them.
  const names =
    reading && !(replaced && env.namesEndpoints) ? reading.names : { production: null, sandbox: null };
  const endpoints = reading ? combined(reading.definition.endpoints, names, groups, notes) : groups;
  const merged: ApiData = reading ? filledIn(dataOf(reading.definition as ApiDefinition), api) : api;
  const place = contextOf(textOf(data.context), version, merged.isDefaultVersion, reading);
  const wso2: ProjectExtras = {
    data: withoutCredentials(unknown),
    wrapper: wrapped ? withoutKeys(source.value, ["type", "data"]) : {},
    endpoints: withoutCredentials(extras),
    files: kept(files),
  };
  const operations = readOperations(data);
  return {
    ok: true,
    definition: {
      ...merged,
      ...(reading
        ? { resources: reading.definition.resources, openapi: reading.definition.openapi }
        : operations && { resources: operations }),
      name,
      version,
      ...place,
      endpoints: withSecrets(endpoints, options.present),
      extras: { ...reading?.definition.extras, wso2 },
    },
    certificates: certificates.certificates,
    warnings: [...notes.warnings, ...env.notes.warnings, ...(reading ? definitionNotes(files, reading) : [])],
  };
}

function readDefinition(files: ProjectFiles, options: ProjectOptions) {
  const found = findFile(files, definitions);
  if (!found) return undefined;
  if ("problem" in found) return { ok: false as const, problems: [found.problem] };
  const { newId, present } = options;
  const read = readOpenApi(found.text, { newId, unnamed: "default", ...(present && { present }) });
  if (read.ok) return read;
  const problems = read.problems.map(
    ({ line, path, message }): Note => ({ file: found.file, place: lineAndPath(line, path), message }),
  );
  return { ok: false as const, problems };
}

function definitionNotes(files: ProjectFiles, { warnings }: OpenApiReading): Note[] {
  const file = definitions.find((name) => files.has(name)) ?? "";
  return warnings.map(({ line, path, message }) => ({ file, place: lineAndPath(line, path), message }));
}

const lineAndPath = (line: number, path: (string | number)[]) =>
  [`line ${line}`, ...(path.length > 0 ? [path.join(".")] : [])].join(", ");

function kept(files: ProjectFiles): Record<string, string> {
  const found = keptFiles.flatMap((name) => {
    const file = findFile(files, [name]);
    return file && "text" in file ? [[name, file.text]] : [];
  });
  return Object.fromEntries(found);
}

function refuse(file: string, place: string, message: string): { ok: false; problems: Note[] } {
  return { ok: false, problems: [{ file, place, message }] };
}
