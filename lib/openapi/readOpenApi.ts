import type { Resource } from "../edit/api";
import { ApiDefinition } from "../schemas/definition";
import { type PlainMap, readText, type Source, short } from "../text/source";
import { readAccess, readCors, ScopesReader } from "./access";
import { keptBase, readBase, readName, readVersion, rootServers } from "./apiIdentity";
import { type NamedEndpoints, namedEndpoints } from "./endpointObject";
import { type GroupsContext, type Level, readGroups, serversInUse } from "./groups";
import { Notes } from "./notes";
import type { OpenApiResult, ReadOptions } from "./openapiReading";
import { type Operation, readOperations } from "./operations";
import { OtherFiles } from "./otherFiles";
import { over } from "./overlay";
import { withoutSecrets } from "./secrets";
import { readServers } from "./servers";
import { warnOfUnused } from "./unusedKeys";

export const AUTH_HEADER_KEY = "x-wso2-auth-header";
/** What WSO2 has no key for, of the API as a whole. */
export const OWN_KEY = "x-sluice-api";
export const ownFields = [
  "isDefaultVersion",
  "transports",
  "security",
  "preserveHost",
  "mapAddresses",
  "cors",
  "limits",
] as const;

/** An API of which nothing is said. */
export const plainDefinition: ApiDefinition = ApiDefinition.parse({
  name: "-",
  context: "/-",
  version: "-",
  mapAddresses: true,
  resources: [],
});

/** Reads Swagger 2.0 and OpenAPI 3.0 and 3.1, YAML or JSON, with WSO2's extensions and ours. Never throws. */
export function readOpenApi(text: string, options: ReadOptions): OpenApiResult {
  const read = (options.readText ?? readText)(text);
  if (!read.ok) return read;
  return readSource(read.source, options);
}

/** The same for a text that has been parsed already. */
export function readSource(source: Source, options: ReadOptions): OpenApiResult {
  const notes = new Notes(source);
  const root = source.value;
  const { present } = options;
  const keep = options.unnamed !== "default";
  const before = { ...((keep && present) || plainDefinition), ...options.settings };
  checkKind(source, notes);

  const name = readName(source, notes, present?.name) ?? present?.name;
  const version = readVersion(source, notes, present?.version) ?? present?.version;
  const servers = rootServers(root, notes, options.address);
  let base = readBase(root, servers, version, notes);
  if (keep && present) base = keptBase(base, present, notes);

  const others = options.files && new OtherFiles(options.files, source);
  const operations = readOperations(root, notes, others);
  const access = readAccess(root, operations, notes);
  warnOfUnused(root, operations, notes);
  const named = namedEndpoints(root, notes);
  const scopes = new ScopesReader(root, notes);
  const kind = access.kind ?? before.security.kind;
  const { address, newId } = options;
  const shared = { notes, named, newId, keep, scopes, isOpen: kind === "none", address };
  const own = serversInUse(root, servers, notes);
  const api = readGroups([{ map: root, path: [], servers: own }], { ...shared, present: present?.endpoints });
  const resources = readResources(operations, access.secured, present, shared);

  const whole = withOthers(source, others, notes);
  const files = others?.referred(whole.value, (sentence) => notes.warn([], sentence));
  const parsed = ApiDefinition.safeParse({
    ...readSettings(source, before, { kind, isDefaultVersion: base.isDefaultVersion }, notes),
    name: name ?? "-",
    version: version ?? "-",
    context: base.context ?? "/-",
    endpoints: api.groups ?? before.endpoints,
    resources,
    openapi: withoutSecrets(whole),
    extras: present?.extras ?? {},
  });
  if (!parsed.success) refuseSettings(parsed.error.issues, root, notes);
  if (!parsed.success || notes.problems.length > 0) return { ok: false, problems: notes.problems };
  const definition = {
    ...parsed.data,
    name,
    version,
    context: base.context === undefined ? present?.context : parsed.data.context,
  };
  const { warnings } = notes;
  return { ok: true, definition, names: api.from, contextFrom: base.from, warnings, ...(files && { files }) };
}

/** The document that is kept, with what it refers to in other files in it. */
function withOthers(source: Source, others: OtherFiles | undefined, notes: Notes): Source {
  // What is wrong is told, and nothing kept.
  const text = notes.problems.length > 0 ? undefined : others?.text();
  if (text === undefined) return source;
  const read = readText(text);
  if (read.ok) return read.source;
  notes.refuse(["paths"], `With what it refers to: ${read.problems[0]?.message ?? "it cannot be read."}`);
  return source;
}

/** What of the settings follows from more than one key. */
interface Decided {
  kind: ApiDefinition["security"]["kind"];
  isDefaultVersion: boolean;
}

/** The settings of the API as a whole: what the document says, else what they were; ours go before WSO2's. */
function readSettings(
  source: Source,
  before: ApiDefinition,
  { kind, isDefaultVersion }: Decided,
  notes: Notes,
) {
  const root = source.value;
  const header = source.written([AUTH_HEADER_KEY])?.trim();
  const description = source.written(["info", "description"]) ?? before.description;
  if (description.length > 20_000) {
    notes.warn(["info", "description"], "Of the description, the first 20000 characters are shown.");
  }
  const said = {
    ...before,
    isDefaultVersion,
    security: { ...before.security, kind, header: header || before.security.header },
    cors: readCors(root, before.cors, notes),
  };
  const own = notes.map(root[OWN_KEY], [OWN_KEY]) ?? {};
  const ours = Object.fromEntries(ownFields.map((field) => [field, said[field]]));
  return {
    ...said,
    ...over(ours, own, [OWN_KEY], notes),
    description: description.slice(0, 20_000),
  };
}

/** Tells what is wrong with settings at the key that the document has them under. */
function refuseSettings(
  issues: readonly { path: readonly PropertyKey[]; message: string }[],
  root: PlainMap,
  notes: Notes,
): void {
  for (const { path, message } of issues) {
    const place = path.map((part) => (typeof part === "number" ? part : String(part)));
    const header = path[0] === "security" && path[1] === "header" && root[AUTH_HEADER_KEY] !== undefined;
    notes.refuse(header ? [AUTH_HEADER_KEY] : [OWN_KEY, ...place], message);
  }
}

function checkKind(source: Source, notes: Notes): void {
  const swagger = source.written(["swagger"]);
  const openapi = source.written(["openapi"]);
  if (swagger === undefined && openapi === undefined) {
    notes.refuse([], "This is not an OpenAPI document: the key openapi (or swagger) is missing.");
  } else if (swagger !== undefined && swagger !== "2.0" && swagger !== "2") {
    notes.refuse(["swagger"], `Swagger ${short(swagger)} is not supported: 2.0 is.`);
  } else if (openapi !== undefined && !/^3(\.|$)/.test(openapi)) {
    notes.refuse(["openapi"], `OpenAPI ${short(openapi)} is not supported: 3.0 and 3.1 are.`);
  } else if (openapi !== undefined && !/^3\.[01](\.|$)/.test(openapi)) {
    notes.warn(["openapi"], `OpenAPI ${short(openapi)} is read as 3.1.`);
  }
}

interface Shared {
  notes: Notes;
  scopes: ScopesReader;
  /** Callers need no token for any operation. */
  isOpen: boolean;
  named: NamedEndpoints;
  newId(): string;
  keep: boolean;
  address: string | undefined;
}

/** Every operation as a resource, in the order of `present` as far as that has them. */
function readResources(
  operations: readonly Operation[],
  secured: readonly (boolean | undefined)[],
  present: ApiDefinition | undefined,
  shared: Shared,
): Resource[] {
  const known = new Map((present?.resources ?? []).map((r, i) => [`${r.method} ${r.path}`, { r, i }]));
  const servers = new Map<string, string[]>();
  const read = operations.map((o, i) => {
    const { notes } = shared;
    const own = known.get(`${o.method} ${o.template}`);
    let ofPath = servers.get(o.template);
    if (!ofPath) {
      ofPath = readServers(o.item.servers, [...o.itemPath, "servers"], notes, shared.address);
      servers.set(o.template, ofPath);
    }
    if (o.operation.servers !== undefined) {
      notes.warn(
        [...o.path, "servers"],
        "The servers of an operation have no effect: use x-wso2-production-endpoints.",
      );
    }
    const levels: Level[] = [
      { map: o.operation, path: o.path, servers: [] },
      { map: o.item, path: o.itemPath, servers: ofPath },
    ];
    const kept = shared.keep ? own?.r : undefined;
    const context: GroupsContext = { ...shared, present: own?.r.endpoints };
    const needsToken = secured[i] ?? kept?.secured ?? true;
    const resource: Resource = {
      method: o.method,
      path: o.template,
      secured: needsToken,
      scopes: shared.scopes.read(o, needsToken && !shared.isOpen) ?? kept?.scopes ?? [],
      endpoints: readGroups(levels, context).groups,
    };
    return { resource, at: own?.i ?? known.size + i };
  });
  return read.sort((a, b) => a.at - b.at).map(({ resource }) => resource);
}
