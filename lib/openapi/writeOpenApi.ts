import { type Document, isMap, YAMLMap } from "yaml";
import { allScopes, writtenSets } from "../access/scopes";
import type { ApiDefinition, Resource } from "../edit/api";
import { Cors } from "../schemas/definition";
import { renderJson, renderYaml } from "../text/render";
import { isPlainMap, type Plain, type PlainMap, readText, type Source } from "../text/source";
import {
  AUTH_TYPE_KEY,
  CORS_KEY,
  DISABLE_KEY,
  readAccess,
  readCors,
  SCOPES_KEY,
  ScopesReader,
  writeCors,
} from "./access";
import { readBase, readName, readVersion, rootServers, writeBase } from "./apiIdentity";
import { emptyGroup, INHERIT_KEY, ownKey, SEPARATE_KEY, wsoKey } from "./groups";
import { Notes } from "./notes";
import type { WriteOptions } from "./openapiReading";
import { type Operation, readOperations } from "./operations";
import { difference } from "./overlay";
import { PathItems } from "./pathItems";
import { AUTH_HEADER_KEY, OWN_KEY, ownFields, plainDefinition, readSource } from "./readOpenApi";
import { withoutSecrets } from "./secrets";
import { groupExtensions } from "./writeGroups";
import { WSO2_SCHEME, withWso2Scheme, wso2Scheme } from "./wso2Scopes";

/**
 * The stored document with extensions as they stand in the definition. Only what would be read differently is
 * changed, so references, named endpoints, comments and whatever we do not know stay as they were written.
 */
export function writeOpenApi(definition: ApiDefinition, { format, forWso2 }: WriteOptions): string {
  const source = storedSource(definition);
  const writer = new Writer(source, definition);
  writer.root();
  if (forWso2) writer.wso2Scheme();
  writer.resources();
  if (format === "json") return renderJson(writer.tree);
  // As it was written, where nothing has to be written out.
  const unchanged = source.hasAliases && same(writer.tree.toJS(), source.value);
  return renderYaml(unchanged ? source.tree : writer.tree, /^\s*\{/.test(source.text));
}

function storedSource({ openapi, name, version }: ApiDefinition): Source {
  const stored = openapi.trim() === "" ? undefined : readText(openapi);
  if (stored?.ok) {
    const clean = withoutSecrets(stored.source);
    const again = clean === stored.source.text ? stored : readText(clean);
    if (again.ok) return again.source;
  }
  const made = readText(JSON.stringify({ openapi: "3.0.3", info: { title: name, version }, paths: {} }));
  if (!made.ok) throw new Error("The minimal document must be readable.");
  return made.source;
}

class Writer {
  readonly tree: Document;
  private contents: YAMLMap;
  private notes: Notes;
  private operations: Operation[];
  private scopes: ScopesReader;
  /** Whether operations name their scopes under WSO2's scheme, too. */
  private namesWso2 = false;
  /** What reading makes of the document as it is; undefined when it is refused. */
  private read: ApiDefinition | undefined;

  constructor(
    private source: Source,
    private definition: ApiDefinition,
  ) {
    // An edit below an alias would change all places that share it.
    this.tree = source.hasAliases ? source.expanded() : source.tree;
    this.contents = this.tree.contents as YAMLMap;
    this.notes = Notes.silent(source);
    this.operations = readOperations(source.value, this.notes);
    this.scopes = new ScopesReader(source.value, this.notes);
    const result = readSource(source, { newId: () => "none", present: definition, unnamed: "default" });
    this.read = result.ok ? (result.definition as ApiDefinition) : undefined;
  }

  root(): void {
    const { definition, notes, source } = this;
    const { value } = source;
    const info = this.child(this.contents, "info");
    if (readName(source, notes) !== definition.name) this.set(info, "title", definition.name);
    if (readVersion(source, notes) !== definition.version) this.set(info, "version", definition.version);
    const description = source.written(["info", "description"]) ?? "";
    if (description.slice(0, 20_000) !== definition.description) {
      this.set(info, "description", definition.description || undefined);
    }
    const isDefaultVersion = this.base();
    const header = source.written([AUTH_HEADER_KEY])?.trim() || "Authorization";
    if (header !== definition.security.header)
      this.set(this.contents, AUTH_HEADER_KEY, definition.security.header);
    if (!same(readCors(value, Cors.parse({}), notes), definition.cors)) {
      this.set(this.contents, CORS_KEY, writeCors(definition.cors));
    }
    const { kind } = definition.security;
    const base = {
      ...plainDefinition,
      isDefaultVersion,
      security: { ...plainDefinition.security, kind, header: definition.security.header },
      cors: definition.cors,
    };
    const pick = (from: ApiDefinition) => Object.fromEntries(ownFields.map((field) => [field, from[field]]));
    const own = difference(pick(base), pick(definition));
    this.set(this.contents, OWN_KEY, Object.keys(own).length > 0 ? own : undefined);
    if (!this.read || !same(this.read.endpoints, definition.endpoints)) {
      const servers = rootServers(value, notes).length > 0;
      const shadowed = { production: servers, sandbox: false, separate: false };
      this.setAll(this.contents, groupExtensions(definition.endpoints, value, shadowed));
    }
  }

  /** Makes WSO2's scheme, so that operations may name it. */
  wso2Scheme(): void {
    const scopes = allScopes(this.definition.resources.flatMap((r) => r.scopes));
    if (scopes.length === 0) return;
    const { swagger, components, securityDefinitions } = this.source.value;
    const isSwagger = swagger !== undefined;
    const given = isSwagger ? securityDefinitions : isPlainMap(components) && components.securitySchemes;
    const scheme = wso2Scheme(isPlainMap(given) ? given[WSO2_SCHEME] : undefined, scopes, isSwagger);
    if (!scheme) return;
    this.namesWso2 = true;
    const around = isSwagger ? this.contents : this.child(this.contents, "components");
    this.set(this.child(around, isSwagger ? "securityDefinitions" : "securitySchemes"), WSO2_SCHEME, scheme);
  }

  /** Writes where the API answers; returns whether that alone makes it the default version. */
  private base(): boolean {
    const { definition, notes, source } = this;
    const { version } = definition;
    const now = readBase(source.value, rootServers(source.value, notes), version, notes);
    const fits = now.context === definition.context && now.isDefaultVersion === definition.isDefaultVersion;
    if (fits) return now.isDefaultVersion;
    const path = writeBase(definition);
    this.set(this.contents, "x-wso2-basePath", path);
    return readBase({ "x-wso2-basePath": path }, [], version, notes).isDefaultVersion;
  }

  resources(): void {
    const wanted = new Map(this.definition.resources.map((r) => [keyOf(r), r]));
    const items = new PathItems(this.tree, this.child(this.contents, "paths"));
    const access = this.accessDiffers(wanted);
    if (access) this.openRoot();
    const read = new Map((this.read?.resources ?? []).map((r) => [keyOf(r), r]));
    const emptied = new Set<string>();
    for (const o of this.operations) {
      const key = `${o.method} ${o.template}`;
      const resource = wanted.get(key);
      wanted.delete(key);
      if (resource) {
        const changes = this.operationChanges(o, resource, read.get(key), access);
        if (changes.size > 0) this.changeOperation(items.of(o.template, o), o, changes, access);
        continue;
      }
      items.of(o.template, o).delete(o.method.toLowerCase());
      emptied.add(o.template);
    }
    const around = new Map(this.operations.map((o) => [o.template, o]));
    for (const resource of wanted.values())
      this.addOperation(items, resource, around.get(resource.path), access);
    items.drop(emptied);
  }

  private changeOperation(
    item: YAMLMap,
    { method }: Operation,
    changes: ReadonlyMap<string, Plain | undefined>,
    access: boolean,
  ): void {
    if (access) item.delete(DISABLE_KEY);
    const node = this.child(item, method.toLowerCase());
    for (const [name, value] of changes) this.set(node, name, value);
  }

  /** Writes an operation that the document does not have. `beside` is another one of its path, if there is any. */
  private addOperation(
    items: PathItems,
    resource: Resource,
    beside: Operation | undefined,
    access: boolean,
  ): void {
    const { paths, swagger } = this.source.value;
    const given = isPlainMap(paths) ? paths[resource.path] : undefined;
    const item = beside?.item ?? (isPlainMap(given) ? given : {});
    const itemNode = items.of(resource.path, beside);
    if (access) itemNode.delete(DISABLE_KEY);
    const node = this.child(itemNode, resource.method.toLowerCase());
    const made = minimalOperation(resource, swagger !== undefined);
    for (const [name, value] of Object.entries(made)) this.set(node, name, value);
    const o = { operation: {}, item, path: [], itemPath: [] } as unknown as Operation;
    for (const [name, value] of this.operationChanges(o, resource, undefined, true)) {
      this.set(node, name, value);
    }
  }

  /** Whether what the document says of who may call is not what the definition says. */
  private accessDiffers(wanted: Map<string, Resource>): boolean {
    const { kind, secured } = readAccess(this.source.value, this.operations, this.notes);
    if ((kind ?? "jwt") !== this.definition.security.kind) return true;
    const told = new Map(this.operations.map((o, i) => [`${o.method} ${o.template}`, secured[i] ?? true]));
    // An operation that comes or goes changes what the others' exceptions add up to.
    const moved = told.size !== wanted.size || [...wanted.keys()].some((key) => !told.has(key));
    if (moved && this.source.text.includes(DISABLE_KEY)) return true;
    return [...wanted].some(([key, r]) => (told.get(key) ?? true) !== r.secured);
  }

  private openRoot(): void {
    const open = this.definition.security.kind === "none";
    this.set(this.contents, DISABLE_KEY, open ? true : undefined);
  }

  private operationChanges(o: Operation, r: Resource, read: Resource | undefined, access: boolean) {
    const changes = new Map<string, Plain | undefined>();
    const put = (key: string, value: Plain | undefined) => {
      if (!same(o.operation[key], value)) changes.set(key, value);
    };
    if (access) {
      const none = String(o.operation[AUTH_TYPE_KEY]).trim().toLowerCase() === "none";
      if (none && r.secured) put(AUTH_TYPE_KEY, undefined);
      // The path's own word is taken back, else it would count for its other operations, too.
      put(DISABLE_KEY, r.secured ? undefined : true);
      if (o.item[DISABLE_KEY] !== undefined) changes.set(DISABLE_KEY, r.secured ? undefined : true);
    }
    let said = o;
    if (this.namesWso2 && r.scopes.length > 0) {
      const security = withWso2Scheme(o.operation.security ?? this.source.value.security, r.scopes);
      put("security", security);
      said = { ...o, operation: { ...o.operation, security } };
    }
    if (!same(this.scopes.read(said) ?? [], r.scopes)) put(SCOPES_KEY, writtenSets(r.scopes));
    if (read && same(read.endpoints, r.endpoints)) return changes;
    const named = (key: string) => o.item[key] !== undefined && o.item[key] !== null;
    const shadowed = {
      production: named(wsoKey("production")) || named(ownKey("production")) || named("servers"),
      sandbox: named(wsoKey("sandbox")) || named(ownKey("sandbox")),
      separate: named(SEPARATE_KEY),
    };
    if (r.endpoints) {
      const extensions = groupExtensions(r.endpoints, o.operation, shadowed);
      // Own endpoints that are all empty are still own.
      if (Object.values(extensions).every((value) => value === undefined)) {
        extensions[ownKey("production")] = { enabled: emptyGroup.enabled };
      }
      for (const [key, value] of Object.entries(extensions)) put(key, value);
      put(INHERIT_KEY, undefined);
      return changes;
    }
    for (const keyType of ["production", "sandbox"] as const) {
      put(wsoKey(keyType), undefined);
      put(ownKey(keyType), undefined);
    }
    put(SEPARATE_KEY, undefined);
    put(INHERIT_KEY, Object.values(shadowed).some(Boolean) ? "inherit" : undefined);
    return changes;
  }

  /** The map under a key, made when there is none. */
  private child(map: YAMLMap, key: string): YAMLMap {
    const value = map.get(key);
    if (isMap(value)) return value;
    const node = new YAMLMap();
    map.set(key, node);
    return node;
  }

  private set(map: YAMLMap, key: string, value: Plain | undefined): void {
    if (value === undefined) {
      map.delete(key);
      return;
    }
    // `{}` cannot be filled in ordinary YAML, but in braces only.
    if (map.items.length === 0) map.flow = false;
    map.set(key, this.tree.createNode(value, { aliasDuplicateObjects: false }));
  }

  private setAll(map: YAMLMap, values: Record<string, Plain | undefined>): void {
    for (const [key, value] of Object.entries(values)) this.set(map, key, value);
  }
}

const keyOf = (r: Pick<Resource, "method" | "path">) => `${r.method} ${r.path}`;
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** The least that OpenAPI asks of an operation: an answer, and a parameter for each part of its path. */
function minimalOperation({ path }: Resource, swagger: boolean): PlainMap {
  const type: PlainMap = swagger ? { type: "string" } : { schema: { type: "string" } };
  const names = [...new Set([...path.matchAll(/\{([^{}/]+)\}/g)].map((match) => match[1]!))];
  const parameters = names.map((name) => ({ name, in: "path", required: true, ...type }));
  const answer = { responses: { "200": { description: "OK" } } };
  return parameters.length > 0 ? { parameters, ...answer } : answer;
}
