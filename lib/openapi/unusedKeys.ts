import { isPlainMap, type Path, type Plain, type PlainMap, short } from "../text/source";
import { AUTH_TYPE_KEY } from "./access";
import type { Notes } from "./notes";
import type { Operation } from "./operations";

/**
 * What of WSO2's extensions has no effect here: told with its place, because a limit or a policy that is silently not
 * there is found out when it is needed.
 */

type Level = "root" | "path" | "operation";

/** Those that are read, and where. */
const read: Record<string, readonly Level[]> = {
  "x-wso2-basePath": ["root"],
  "x-wso2-endpoints": ["root"],
  "x-wso2-production-endpoints": ["root", "path", "operation"],
  "x-wso2-sandbox-endpoints": ["root", "path", "operation"],
  "x-wso2-disable-security": ["root", "path", "operation"],
  "x-wso2-auth-header": ["root"],
  "x-wso2-cors": ["root"],
};

const limits = "requests are not limited here";
const mediation = "requests and answers pass as they are";
const words: Record<string, string> = {
  "x-throttling-tier": limits,
  "x-throttling-bandwidth": limits,
  "x-wso2-throttling-tier": limits,
  "x-wso2-throttling-limit": limits,
  "x-wso2-request-interceptor": mediation,
  "x-wso2-response-interceptor": mediation,
  "x-mediation-script": mediation,
  "x-wso2-policies": mediation,
  "x-wso2-response-cache": "answers are not cached here",
  "x-wso2-mutual-ssl": "callers are asked for a token and for no certificate",
  "x-wso2-application-security": "callers need a token, whatever else this allows",
  "x-wso2-transports": "HTTP and HTTPS are switched under Runtime",
  "x-wso2-security": "who gets a scope is decided by who subscribes, not by roles",
};

const foreign = /^x-(wso2|throttling|mediation|amzn-resource)-/;

/** Warns once of each key and what it says, at the first of its places. */
export function warnOfUnused(root: PlainMap, operations: readonly Operation[], notes: Notes): void {
  const tally = new Tally<Path>();
  const add = (path: Path, sentence: string) => tally.add(path, sentence);
  const look = (map: PlainMap, path: Path, level: Level) => {
    for (const [key, value] of Object.entries(map)) {
      if (key === AUTH_TYPE_KEY) lookAtAuth(value, [...path, key], level, add);
      if (!foreign.test(key) || read[key]?.includes(level) || saysNothing(key, value)) continue;
      const why = words[key] ?? (read[key] ? `it is read at the ${read[key].join(" or ")} level only` : "");
      const said = typeof value === "string" ? ` (${short(value)})` : "";
      add([...path, key], `${key}${said} has no effect${why && `: ${why}`}.`);
    }
  };
  look(root, [], "root");
  const items = new Set<string>();
  for (const o of operations) {
    if (!items.has(o.template)) look(o.item, o.itemPath, "path");
    items.add(o.template);
    look(o.operation, o.path, "operation");
  }
  tally.tell((path, sentence) => notes.warn(path, sentence));
}

/** WSO2 tells tokens of applications and of their users apart. */
function lookAtAuth(value: Plain, path: Path, level: Level, add: (path: Path, sentence: string) => void) {
  if (level !== "operation")
    return add(path, `${AUTH_TYPE_KEY} has no effect: it is read at operations only.`);
  const type = typeof value === "string" ? value.trim().toLowerCase() : "";
  if (["", "none", "any", "application & application user", "application_user & application"].includes(type))
    return;
  add(
    path,
    `${AUTH_TYPE_KEY} (${short(String(value))}) has no effect: any token will do, an application's or a user's.`,
  );
}

/** Whether it says what is so without it. */
function saysNothing(key: string, value: Plain): boolean {
  if (isEmpty(value)) return true;
  if (key.includes("throttling"))
    return typeof value === "string" && value.trim().toLowerCase() === "unlimited";
  if (key === "x-wso2-transports") {
    const list = Array.isArray(value) ? value.map((item) => String(item).toLowerCase()) : [];
    return list.includes("http") && list.includes("https");
  }
  if (!isPlainMap(value)) return false;
  if (key === "x-wso2-response-cache") return isEmpty(value.enabled);
  if (key === "x-wso2-application-security") {
    const types = value["security-types"];
    return (
      isEmpty(value.optional) &&
      (isEmpty(types) || (Array.isArray(types) && types.every((t) => t === "oauth2")))
    );
  }
  return false;
}

/** What is to be said of many places: once, at the first of them, with how many there are. */
export class Tally<Place> {
  private readonly found = new Map<string, { place: Place; count: number }>();

  add(place: Place, sentence: string): void {
    const known = this.found.get(sentence);
    if (known) known.count++;
    else this.found.set(sentence, { place, count: 1 });
  }

  tell(say: (place: Place, sentence: string) => void): void {
    for (const [sentence, { place, count }] of this.found) {
      const others = count > 2 ? `${count - 1} other places` : "one other place";
      say(place, count > 1 ? `${sentence} The same at ${others}.` : sentence);
    }
  }
}

/** Nothing, or nothing but such. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === "") return true;
  return typeof value === "object" && Object.values(value).every(isEmpty);
}
