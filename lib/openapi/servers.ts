import { parseEndpointUrl } from "../model/url";
import { isPlainMap, type Path, type Plain, type PlainMap, short } from "../text/source";
import type { Notes } from "./notes";

/**
 * The absolute URLs of a `servers` list; templated ones name no backend and are remarked on, and so are relative ones
 * unless the document has an `address`.
 */
export function readServers(value: Plain | undefined, path: Path, notes: Notes, address?: string): string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    notes.warn(path, "servers must be a list, and has no effect.");
    return [];
  }
  return value.slice(0, 100).flatMap((server, i) => {
    const { url, variables } = isPlainMap(server) ? server : {};
    const place = [...path, i, "url"];
    if (typeof url !== "string") {
      notes.warn([...path, i], "A server without a url has no effect.");
      return [];
    }
    return absolute(filled(url, variables, [...path, i, "variables"], notes), place, notes, address);
  });
}

/** Longest URL, characters: what is longer names no endpoint, and small texts must not make huge ones. */
const MAX_URL = 2_000;

/** `{name}` by the default of its variable; what has none stays (OpenAPI 3.1, Server Variable Object). */
function filled(url: string, variables: Plain | undefined, place: Path, { source }: Notes): string {
  let left = MAX_URL;
  return url.replace(/\{([^{}]*)\}/g, (template, name: string) => {
    const variable = isPlainMap(variables) && Object.hasOwn(variables, name) ? variables[name] : undefined;
    const given = isPlainMap(variable) ? variable.default : undefined;
    // A port may stand there as a number, which is taken as it is written.
    const value = typeof given === "number" ? source.written([...place, name, "default"]) : given;
    if (typeof value !== "string" || value.length > left) return template;
    left -= value.length;
    return value;
  });
}

function absolute(url: string, place: Path, notes: Notes, address?: string): string[] {
  if (url.includes("{")) {
    notes.warn(place, `The server ${short(url)} is a template and was skipped: write its URL out to use it.`);
    return [];
  }
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(url.trim())) {
    if (address && url.trim() !== "" && URL.canParse(url, address))
      return absolute(new URL(url, address).href, place, notes);
    notes.warn(place, `The server ${short(url)} is relative and was skipped: it names no host.`);
    return [];
  }
  const parsed = parseEndpointUrl(url);
  if (parsed.ok) return [url.trim()];
  notes.warn(place, `The server ${short(url)} was skipped. ${parsed.message}`);
  return [];
}

/** Swagger 2.0: `host`, `schemes` and `basePath` are one URL; of several schemes https is taken. */
export function readHost(root: PlainMap, notes: Notes, address?: string): string[] {
  const { basePath } = root;
  const from = address === undefined ? undefined : new URL(address);
  // Without them, both are those of the document (Swagger 2.0, Swagger Object).
  const host = root.host ?? (typeof basePath === "string" ? from?.host : undefined);
  if (typeof host !== "string" || host.trim() === "") return [];
  const named = (notes.texts(root.schemes, ["schemes"]) ?? []).map((s) => s.toLowerCase());
  const schemes = named.length === 0 && from ? [from.protocol.slice(0, -1)] : named;
  const scheme = schemes.includes("http") && !schemes.includes("https") ? "http" : "https";
  if (schemes.length === 0) notes.warn(["host"], "schemes is missing: https was taken for the host.");
  else if (!schemes.some((s) => s === "http" || s === "https")) {
    notes.warn(["schemes"], "None of the schemes is http or https, so the host was skipped.");
    return [];
  }
  const path = typeof basePath === "string" && basePath.startsWith("/") ? basePath : "";
  return absolute(`${scheme}://${host.trim()}${path === "/" ? "" : path}`, ["host"], notes);
}
