import { distinctSets, type ScopeSets } from "../access/scopes";
import { MAX_SCOPE, MAX_SCOPES, MAX_SETS, TOO_MANY_SCOPES } from "../model/scopeLimits";
import { isPlainMap, type Path, type Plain, type PlainMap, short } from "../text/source";
import type { Notes } from "./notes";
import { lookUp, MAX_HOPS } from "./pointers";
import { WSO2_SCHEME } from "./wso2Scopes";

/**
 * `security` of a document or an operation (Security Requirement Object of OpenAPI 3.1 and Swagger 2.0): alternatives,
 * of which each may name several schemes that are all needed. Where it cannot be told what is meant, the reading that
 * lets fewer callers in is taken and said.
 */

/** What a scheme's list means to a gateway that takes tokens and nothing else. */
type Kind =
  /** Scopes that a token holds. */
  | "scopes"
  /** A token, and nothing about what it holds. */
  | "token"
  /** An API key, a certificate, a password: not looked at. */
  | "unchecked"
  | "undefined";

interface Scheme {
  kind: Kind;
  /** As the document says it. */
  type: string;
}

/** One requirement object. */
interface Alternative {
  path: Path;
  /** One of these is needed; none when any token will do. */
  sets: ScopeSets;
  /** It asks for nothing but what is not looked at. */
  unchecked: boolean;
  /** `{}`: OpenAPI asks for nothing at all. */
  optional: boolean;
}

export class Requirements {
  private readonly schemes: PlainMap;
  private readonly known = new Map<string, Scheme>();

  constructor(
    private readonly root: PlainMap,
    private readonly notes: Notes,
  ) {
    const components = isPlainMap(root.components) ? root.components : {};
    const schemes = root.swagger === undefined ? components.securitySchemes : root.securityDefinitions;
    this.schemes = isPlainMap(schemes) ? schemes : {};
  }

  /** The sets that a `security` asks for; undefined where there is none. `tokens`: callers need one here. */
  read(given: Plain | undefined, path: Path, tokens: boolean): ScopeSets | undefined {
    const { notes } = this;
    if (given === undefined || given === null) return undefined;
    if (!Array.isArray(given) && !isPlainMap(given)) {
      notes.refuse(path, "security must be a list of requirements, such as [{oauth: [read]}].");
      return undefined;
    }
    if (!Array.isArray(given)) notes.warn(path, "security must be a list: it is read as a list of this one.");
    const list = Array.isArray(given) ? given : [given];
    if (list.length > MAX_SETS) {
      notes.refuse(path, `${TOO_MANY_SCOPES} Here are ${list.length} requirements.`);
      return undefined;
    }
    if (list.length === 0 && tokens) notes.warn(path, `security is empty. ${stillNeeded}`);
    const alternatives = list.flatMap((item, i) =>
      this.alternative(item, Array.isArray(given) ? [...path, i] : path),
    );
    return this.combined(alternatives, path, tokens);
  }

  private combined(alternatives: readonly Alternative[], path: Path, tokens: boolean): ScopeSets {
    const { notes } = this;
    const optional = alternatives.find((one) => one.optional);
    if (optional && tokens) notes.warn(optional.path, `{} asks for nothing. ${stillNeeded}`);
    if (optional) return [];
    const checked = alternatives.filter((one) => !one.unchecked);
    for (const one of checked.length > 0 ? alternatives : []) {
      if (!one.unchecked) continue;
      notes.warn(
        one.path,
        "Nothing of this alternative can be checked: callers need what the others ask for.",
      );
    }
    const any = checked.find((one) => one.sets.length === 0);
    if (any) {
      if (checked.some((one) => one.sets.length > 0)) {
        notes.warn(
          any.path,
          "This alternative asks for no scopes: any token will do, whatever the others ask for.",
        );
      }
      return [];
    }
    const sets = distinctSets(checked.flatMap((one) => one.sets));
    const count = sets.reduce((sum, set) => sum + set.length, 0);
    if (sets.length <= MAX_SETS && count <= MAX_SCOPES) return sets;
    notes.refuse(path, `${TOO_MANY_SCOPES} Here are ${sets.length} sets with ${count} scopes.`);
    return [];
  }

  private alternative(given: Plain, path: Path): Alternative[] {
    const { notes } = this;
    if (!isPlainMap(given)) {
      notes.refuse(path, "A requirement must be a map of schemes, each with its list of scopes.");
      return [];
    }
    const all = new Set<string>();
    let choice: string[] = [];
    let unchecked = false;
    for (const [name, list] of Object.entries(given)) {
      const place = [...path, name];
      const { kind, type } = this.scheme(name);
      const scopes = this.list(list, place, kind);
      if (kind === "scopes" && name === WSO2_SCHEME) choice = scopes;
      else if (kind === "scopes" || kind === "undefined") for (const scope of scopes) all.add(scope);
      const roles = kind !== "scopes" && kind !== "undefined" && scopes.length > 0;
      if (kind === "unchecked" || roles || (kind === "undefined" && scopes.length === 0)) unchecked = true;
      if (kind === "unchecked") {
        notes.warn(place, `${short(name)} (${type}) is not checked here: callers need a token.`);
      }
      if (roles) notes.warn(place, `Roles (${short(scopes.join(", "))}) are no scopes and are not checked.`);
      if (kind === "undefined" && name !== WSO2_SCHEME) {
        notes.warn(
          place,
          `The document has no security scheme ${short(name)}${type && ` of a type that is known (${type})`}: what is listed here counts as scopes, all of them needed.`,
        );
      }
    }
    if (choice.length * (all.size + 1) > MAX_SCOPES || all.size > MAX_SCOPES) {
      notes.refuse(path, TOO_MANY_SCOPES);
      return [];
    }
    const sets = choice.length > 0 ? choice.map((one) => [...new Set([...all, one])]) : [[...all]];
    const none = sets[0]!.length === 0;
    const optional = Object.keys(given).length === 0;
    return [{ path, sets: none ? [] : sets, unchecked: none && unchecked, optional }];
  }

  private list(given: Plain, place: Path, kind: Kind): string[] {
    const { notes } = this;
    const name = short(String(place.at(-1)));
    if (given === null) {
      notes.warn(place, `${name} has no list of scopes: it is read as an empty one.`);
      return [];
    }
    if (isPlainMap(given)) {
      notes.refuse(place, `${name} must have a list of scopes, such as [read, write].`);
      return [];
    }
    if (!Array.isArray(given))
      notes.warn(place, `${name} must have a list: it is read as a list of this one.`);
    const list = Array.isArray(given) ? given : [given];
    if (list.length > MAX_SCOPES) {
      notes.refuse(place, `${TOO_MANY_SCOPES} Here are ${list.length} in one list.`);
      return [];
    }
    const scopes = list.flatMap((item, i) => {
      const at = Array.isArray(given) ? [...place, i] : place;
      if (item === null || typeof item === "object" || item === "") {
        notes.refuse(at, "A scope must be a text, and not an empty one.");
        return [];
      }
      const scope = typeof item === "string" ? item : (notes.source.written(at) ?? String(item));
      if (typeof item !== "string") notes.warn(at, `A scope must be a text: it is read as ${short(scope)}.`);
      if (scope.length <= MAX_SCOPE || kind === "unchecked") return [scope];
      notes.refuse(at, `A scope has at most ${MAX_SCOPE} characters; this one has ${scope.length}.`);
      return [];
    });
    return [...new Set(scopes)];
  }

  private scheme(name: string): Scheme {
    let scheme = this.known.get(name);
    if (!scheme) {
      scheme = this.lookedUp(name);
      this.known.set(name, scheme);
    }
    return scheme;
  }

  private lookedUp(name: string): Scheme {
    let value: Plain | undefined = Object.hasOwn(this.schemes, name) ? this.schemes[name] : undefined;
    for (let hops = 0; hops < MAX_HOPS && isPlainMap(value) && typeof value.$ref === "string"; hops++) {
      value = value.$ref.startsWith("#") ? lookUp(this.root, value.$ref) : undefined;
    }
    const text = (key: string) =>
      isPlainMap(value) && typeof value[key] === "string" ? value[key].trim().toLowerCase() : "";
    const type = text("type");
    const scheme = text("scheme");
    if (type === "oauth2" || type === "openidconnect") return { kind: "scopes", type };
    if (type === "http") return { kind: scheme === "bearer" ? "token" : "unchecked", type: `http ${scheme}` };
    if (["apikey", "basic", "mutualtls"].includes(type)) return { kind: "unchecked", type: typeNames[type]! };
    // WSO2 defines it in every document that it writes, and people who write by hand do not.
    return name === WSO2_SCHEME
      ? { kind: "scopes", type: "oauth2" }
      : { kind: "undefined", type: short(type) };
  }
}

const typeNames: Record<string, string> = { apikey: "apiKey", basic: "basic", mutualtls: "mutualTLS" };

const stillNeeded =
  "Here callers need a token all the same, and any will do: x-wso2-disable-security: true lets them in without one.";
