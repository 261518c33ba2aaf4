import { type ApiDefinition, normalizeContext } from "../edit/api";
import { ApiContext, ApiName, ApiVersion } from "../schemas/definition";
import { type PlainMap, type Source, short } from "../text/source";
import type { Notes } from "./notes";
import type { OpenApiReading } from "./openapiReading";
import { readHost, readServers } from "./servers";

/**
 * Reads `info.title` as a name: what a name cannot hold becomes a space. Undefined when nothing is left, as when there is
 * none; an API that is there already, named `present`, then keeps its own.
 */
export function readName(source: Source, notes: Notes, present?: string): string | undefined {
  const title = source.written(["info", "title"]);
  if (title === undefined || title.trim() === "") {
    notes.warn(
      ["info", "title"],
      present
        ? `The document has no title: the name stays ${present}.`
        : "The document has no title: enter a name.",
    );
    return undefined;
  }
  if (ApiName.safeParse(title).success) return title;
  const spaced = title.replace(/[~!@#;:%^*()+={}|\\<>"',&$[\]/\p{Cc}\p{Cs}]/gu, " ").replace(/ +/g, " ");
  const name = spaced
    .trim()
    .slice(0, MAX_NAME)
    .replace(/\p{Cs}$/u, "")
    .trim();
  const parsed = ApiName.safeParse(name);
  notes.warn(
    ["info", "title"],
    parsed.success
      ? `The title ${whyNoName(title, spaced.trim())}: the name is ${name}.`
      : "The title cannot be a name: enter one.",
  );
  return parsed.success ? name : undefined;
}

/** Longest name, characters. */
const MAX_NAME = 60;

function whyNoName(title: string, spaced: string): string {
  const reasons = [
    spaced !== title.trim() && "holds what a name cannot",
    spaced.length > MAX_NAME && `is longer than a name can be (${MAX_NAME} characters)`,
  ].filter(Boolean);
  return reasons.join(" and ") || "begins or ends with blanks";
}

/** Reads `info.version` as it is written: 1.0 stays 1.0. */
export function readVersion(source: Source, notes: Notes, present?: string): string | undefined {
  const written = source.written(["info", "version"]);
  if (written === undefined || written.trim() === "") {
    notes.warn(
      ["info", "version"],
      present
        ? `The document has no version: it stays ${present}.`
        : "The document has no version: enter one.",
    );
    return undefined;
  }
  if (ApiVersion.safeParse(written).success) return written;
  const version = written
    .trim()
    .replace(/[^A-Za-z0-9._~+-]+/g, "-")
    .slice(0, 30);
  const parsed = ApiVersion.safeParse(version);
  notes.warn(
    ["info", "version"],
    parsed.success
      ? `A version cannot be ${short(written)}: it is ${version}.`
      : `A version cannot be ${short(written)}: enter one.`,
  );
  return parsed.success ? version : undefined;
}

const BASE_KEY = "x-wso2-basePath";

export interface Base {
  context?: string;
  isDefaultVersion: boolean;
  from: OpenApiReading["contextFrom"];
}

/** Where the API answers (docs/rules/wso2.md section 1, "Base path"). `servers` are the absolute ones. */
export function readBase(
  root: PlainMap,
  servers: readonly string[],
  version: string | undefined,
  notes: Notes,
): Base {
  const key = BASE_KEY;
  const given = root[key];
  if (given !== undefined && given !== null) {
    if (typeof given === "string") {
      const base = split(given, version);
      const parsed = ApiContext.safeParse(base.context);
      if (parsed.success) return { ...base, context: parsed.data, from: key };
      for (const issue of parsed.error.issues) notes.refuse([key], issue.message);
    } else notes.refuse([key], `${key} must be a text such as /pizzashack.`);
    return { isDefaultVersion: false, from: key };
  }
  const swagger = root.swagger !== undefined;
  const last = servers.at(-1);
  const path = swagger && typeof root.basePath === "string" ? root.basePath : last && new URL(last).pathname;
  if (path === undefined || normalizeContext(path) === "") return { isDefaultVersion: false, from: null };
  const from = swagger && typeof root.basePath === "string" ? "basePath" : "servers";
  const base = split(path, version);
  const parsed = ApiContext.safeParse(base.context);
  if (parsed.success) return { ...base, context: parsed.data, from };
  notes.warn([from], `${short(path)} cannot be the context: enter one. ${parsed.error.issues[0]!.message}`);
  return { isDefaultVersion: false, from: null };
}

/**
 * For an API that exists: where it answers is not changed by where its backend does, and whether it answers without the
 * version is not changed by a path that has none.
 */
export function keptBase(
  base: Base,
  present: Pick<ApiDefinition, "context" | "isDefaultVersion">,
  notes: Notes,
): Base {
  const { context, isDefaultVersion } = present;
  if (base.from !== BASE_KEY) return { context, isDefaultVersion, from: null };
  if (base.isDefaultVersion && !isDefaultVersion) notes.warn([BASE_KEY], staysVersioned(base.context));
  return { ...base, isDefaultVersion };
}

/** Said where a document names a path without the version for an API that does not answer there. */
export const staysVersioned = (context = "") =>
  `${context} alone is not answered: Default version is off for this API, and stays so.`;

/** A path that ends in the version says where that version answers; another one answers without it, too. */
function split(path: string, version: string | undefined): { context: string; isDefaultVersion: boolean } {
  const base = normalizeContext(path);
  if (base.includes("{version}")) return { context: base, isDefaultVersion: false };
  if (version === undefined || !base.endsWith(`/${version}`))
    return { context: base, isDefaultVersion: base !== "" };
  const context = base.slice(0, -version.length - 1);
  return { context: context === "" ? "/{version}" : context, isDefaultVersion: false };
}

/** The `x-wso2-basePath` that reads as this context and version. */
export function writeBase(api: Pick<ApiDefinition, "context" | "version" | "isDefaultVersion">): string {
  const { context, version } = api;
  if (context.includes("{version}")) return context;
  // A context that itself ends in the version would be read as holding it.
  const bare = api.isDefaultVersion && !context.endsWith(`/${version}`);
  return bare ? context : `${context}/${version}`;
}

/** The absolute URLs that a document names by itself, without extensions. */
export function rootServers(root: PlainMap, notes: Notes, address?: string): string[] {
  if (root.swagger !== undefined) return readHost(root, notes, address);
  return readServers(root.servers, ["servers"], notes, address);
}
