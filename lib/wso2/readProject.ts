import { type ApiDefinition, newResource, operationName } from "../edit/api";
import { staysVersioned } from "../openapi/apiIdentity";
import type { OpenApiReading } from "../openapi/openapiReading";
import { readOpenApi } from "../openapi/readOpenApi";
import type { Source, TextReader } from "../text/source";
import { contextOf } from "./apiContext";
import { type ApiData, dataOf, readData } from "./apiData";
import { type EndpointExtras, readEndpointConfig } from "./endpointConfig";
import { type EnvironmentOptions, readEnvironment } from "./environment";
import {
  fileText,
  findFile,
  type ProjectFiles,
  readYaml,
  withLines,
  withoutTopFolder,
  written,
} from "./files";
import { warnOfMissing, withSecrets } from "./keptSecrets";
import { combined } from "./precedence";
import { type ProjectCertificate, readCertificates } from "./projectCertificates";
import { type Note, Notes } from "./projectNotes";
import { warnOfUnused } from "./unusedFields";
import { flagOf, type Json, objectOf, shown, textOf, withoutCredentials, withoutKeys } from "./values";
import { substituted } from "./variables";
import { operationExtras, readOperations, withOperations, type YamlOperation } from "./yamlOperations";

/** A WSO2 project, as `apictl init` and `apictl export` make them: docs/rules/wso2.md section 2. */

export interface ProjectOptions extends EnvironmentOptions {
  /** A new random id: lib has no randomness of its own. */
  newId(): string;
  /** The API that it is imported into: endpoints with the same URL stay the same endpoints. */
  present?: ApiDefinition;
  /** The http or https URL that the definition came from: relative servers are meant against it. */
  address?: string;
  /** Where api.yaml names endpoints, they go before those of the definition. */
  endpointsFirst?: boolean;
  /** How texts are read, where not anew each time. */
  readText?: TextReader;
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
  /** By operation: "GET /menu". */
  operations?: Record<string, Json>;
  /** Text files by path. */
  files?: Record<string, string>;
}

const endings = (stem: string) => ["yaml", "yml", "json"].map((ending) => `${stem}.${ending}`);
const keptFiles = [...endings("api_meta"), ...endings("deployment_environments")];
const definitions = [...endings("Definitions/swagger"), ...endings("Definitions/openapi")];

/** api.yaml. */
interface Main {
  notes: Notes;
  source: Source;
  /** `data` with variables in their places; in older files the whole of it. */
  data: Json;
  /** What stands around `data`; undefined where nothing does. */
  wrapper: Json | undefined;
}

function readMain(
  files: ProjectFiles,
  { variables, readText: read }: ProjectOptions,
): { main: Main } | { problems: Note[] } {
  const found = findFile(files, endings("api"));
  if (!found) return refuse("api.yaml", "", "The project has no api.yaml (or api.json) at its top.");
  if ("problem" in found) return { problems: [found.problem] };
  const yaml = readYaml(found.file, found.text, read && { read });
  if ("problems" in yaml) return yaml;
  const notes = new Notes(found.file);
  const { source } = yaml;
  const isWrapped = objectOf(source.value.data) !== undefined;
  const whole = variables ? substituted(source.value, variables, notes) : source.value;
  const data = objectOf(isWrapped ? objectOf(whole)?.data : whole) ?? {};
  const type = isWrapped ? textOf(source.value.type).trim() : "";
  if (!["", "api"].includes(type)) {
    notes.problem("type", `${shown(type)} is not supported: only projects of type api are.`);
    return { problems: withLines(notes.problems, source) };
  }
  const wrapper = isWrapped ? withoutKeys(source.value, ["type", "data"]) : undefined;
  return { main: { notes, source, data, wrapper } };
}

/** A value of api.yaml as it is written, unless a variable makes it something else. */
function saidOf({ source, data, wrapper }: Main, key: string): string {
  const text = written(source, wrapper ? ["data", key] : [key], data[key]);
  return text.includes("${") ? textOf(data[key]).trim() : text;
}

/** Reads everything or tells everything that is wrong, each with its file, its place and what is allowed there. */
export function readProject(given: ProjectFiles, options: ProjectOptions): ProjectResult {
  const files = withoutTopFolder(given);
  const read = readMain(files, options);
  if ("problems" in read) return { ok: false, problems: read.problems };
  const { notes, data, wrapper } = read.main;
  const { present } = options;
  const { api, unknown } = readData(data, notes, present && dataOf(present));
  const reading = readDefinition(files, options, api);
  const told = () => withLines(notes.problems, read.main.source);
  if (reading && !reading.ok) return { ok: false, problems: [...told(), ...reading.problems] };

  const version = saidOf(read.main, "version") || (reading?.definition.version ?? "");
  const name = saidOf(read.main, "name") || (reading?.definition.name ?? "");
  const env = readEnvironment(files, objectOf(data.endpointConfig) ?? {}, options);
  const replaced = env.notes.problems.length === 0 ? env.endpointConfig : undefined;
  const where = replaced
    ? { notes: env.notes, place: "endpoints" }
    : { notes, place: `${wrapper ? "data." : ""}endpointConfig` };
  const { groups, extras } = readEndpointConfig(replaced ?? data.endpointConfig, {
    ...where,
    newId: options.newId,
    present: present?.endpoints,
    unneeded:
      reading !== undefined && !env.namesEndpoints && !options.endpointsFirst && areExtensions(reading.names),
  });
  const operations = readOperations(data, notes);
  warnOfUnused(data, unknown, files, notes);
  const certificates = readCertificates(files, env.certificates);
  const problems = [...told(), ...env.notes.problems, ...certificates.problems];
  if (problems.length > 0) return { ok: false, problems };

  // Where api.yaml names no endpoints, they are what they were.
  const named = replaced !== undefined || objectOf(data.endpointConfig) !== undefined;
  const kept = named ? undefined : present;
  const own = kept?.endpoints ?? groups;
  // An environment that was asked for is what is meant, whatever the files name for all of them.
  const first = (replaced && env.namesEndpoints) || (options.endpointsFirst && named);
  const names = reading && !first ? reading.names : { production: null, sandbox: null };
  const both = reading ? combined(reading.definition.endpoints, names, own, notes) : own;
  const endpoints = withSecrets(both, present);
  warnOfMissing(endpoints, groups, where);
  const endpointExtras = kept ? (wso2Of(kept).endpoints ?? extras) : withoutCredentials(extras);
  const { beside, files: keptFiles } = keptBeside(files, reading, present);
  const wso2 = { ...extrasOf(read.main, unknown, keptFiles), endpoints: endpointExtras };
  return {
    ok: true,
    definition: {
      ...(reading ? dataOf(reading.definition as ApiDefinition) : api),
      ...(reading ? withDefinition(reading, operations, notes) : withoutDefinition(operations, present)),
      name,
      version,
      ...placeOf(data, version, { reading, api, present, notes }),
      endpoints,
      extras: { ...beside, wso2 },
    },
    certificates: certificates.certificates,
    warnings: [...notes.warnings, ...env.notes.warnings, ...(reading ? definitionNotes(files, reading) : [])],
  };
}

/** What is kept of a definition and of what goes with it. Without one, that stays. */
function keptBeside(files: ProjectFiles, reading: OpenApiReading | undefined, present?: ApiDefinition) {
  const own = keptFilesOf(files);
  if (reading) return { beside: reading.definition.extras, files: { ...own, ...reading.files } };
  return { beside: present?.extras, files: { ...(present && wso2Of(present).files), ...own } };
}

/** What is kept of a project besides its endpoints. */
function extrasOf({ data, wrapper }: Main, unknown: Json, files: Record<string, string>): ProjectExtras {
  return {
    data: withoutCredentials(unknown),
    wrapper: wrapper ?? {},
    operations: withoutCredentials(operationExtras(data)),
    files,
  };
}

const areExtensions = ({ production, sandbox }: OpenApiReading["names"]) =>
  production === "extension" && sandbox === "extension";

const withDefinition = (
  { definition }: OpenApiReading,
  operations: readonly YamlOperation[],
  notes: Notes,
) => ({
  resources: withOperations(definition.resources, operations, notes),
  openapi: definition.openapi,
});

/** Without a definition, operations are what `operations` names, else what they were. */
function withoutDefinition(operations: readonly YamlOperation[], present: ApiDefinition | undefined) {
  const before = new Map(present?.resources.map((r) => [operationName(r), r]));
  const resources = operations.map(({ method, path, secured, scopes }) => {
    const { endpoints } = before.get(`${method} ${path}`) ?? newResource(method, path);
    return { method, path, secured, scopes, endpoints };
  });
  const kept = present && { openapi: present.openapi, resources: present.resources };
  return { ...kept, ...(resources.length > 0 && { resources }) };
}

interface Place {
  reading: OpenApiReading | undefined;
  /** What api.yaml says. */
  api: ApiData;
  present: ApiDefinition | undefined;
  notes: Notes;
}

/**
 * Where it answers. Whether an API that exists goes on answering without the version: apictl's template says false in
 * every project, also where the definition names a path without the version, so only together they say something.
 */
function placeOf(data: Json, version: string, { reading, api, present, notes }: Place) {
  const own = textOf(data.context) || (present?.context ?? "");
  const isDefault = api.isDefaultVersion || reading?.definition.isDefaultVersion === true;
  const place = contextOf(own, version, isDefault, reading);
  const said = textOf(data.isDefaultVersion) === "" ? undefined : flagOf(data.isDefaultVersion, false);
  if (!present || said === true || (said === false && !place.isDefaultVersion)) return place;
  if (place.isDefaultVersion && !present.isDefaultVersion) {
    notes.warn("data.isDefaultVersion", staysVersioned(place.context));
  }
  return { ...place, isDefaultVersion: present.isDefaultVersion };
}

const wso2Of = ({ extras }: ApiDefinition) => (objectOf(extras.wso2) ?? {}) as ProjectExtras;

function readDefinition(files: ProjectFiles, options: ProjectOptions, settings: ApiData) {
  const found = findFile(files, definitions);
  if (!found) return undefined;
  if ("problem" in found) return { ok: false as const, problems: [found.problem] };
  const { newId, present, readText, address } = options;
  const textOf = (path: string) => {
    const content = files.get(path);
    return content === undefined ? undefined : fileText(content);
  };
  const read = readOpenApi(found.text, {
    newId,
    unnamed: "default",
    settings,
    files: { main: found.file, textOf },
    ...(present && { present }),
    ...(readText && { readText }),
    ...(address && { address }),
  });
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

function keptFilesOf(files: ProjectFiles): Record<string, string> {
  const found = keptFiles.flatMap((name) => {
    const file = findFile(files, [name]);
    return file && "text" in file ? [[name, file.text]] : [];
  });
  return Object.fromEntries(found);
}

function refuse(file: string, place: string, message: string): { ok: false; problems: Note[] } {
  return { ok: false, problems: [{ file, place, message }] };
}
