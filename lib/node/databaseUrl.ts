import { isIPv6 } from "node:net";

/** What `DATABASE_URL` may say, and what of it may be told. */

/** The engines that Sluice stores in: SQLite unless told otherwise. */
export type Engine = "sqlite" | "postgresql";

const FILE = /^file:./;
const SERVER = /^postgres(?:ql)?:\/\//;

/** Which engine a URL is for. */
export function engineOf(databaseUrl: string): Engine {
  return SERVER.test(databaseUrl) ? "postgresql" : "sqlite";
}

/** Where a PostgreSQL server is, and how to get in. */
export interface PostgresPlace {
  host: string;
  port: number;
  database: string;
  user: string | undefined;
  password: string | undefined;
  /** Schema that the tables are in; "public" unless the URL has another one. */
  schema: string;
  /** Null: without TLS. `rootCert` is a file of certificates to trust instead of the system's. */
  tls: { rootCert: string | undefined } | null;
}

/** The ways into TLS that leave no doubt of who answers, or of there being none. */
const MODES = ["disable", "verify-full"];
const PARAMETERS = ["sslmode", "sslrootcert", "schema"];
const FORM = "must be file:path or postgresql://user:password@host:5432/database";
/** A password that is cut at such a sign would be taken for what comes after it, and shown. */
const NOT_ENCODED =
  "has a sign in user or password that has to be percent-encoded: / is %2F, ? is %3F, # is %23, @ is %40, % is %25";

/**
 * Where the server of a `postgresql:` URL is; a sentence about what is wrong with it otherwise, which begins as those of
 * the environment's variables do and has no password in it.
 */
export function postgresPlace(
  databaseUrl: string,
): { ok: true; place: PostgresPlace } | { ok: false; message: string } {
  const refused = (message: string) => ({ ok: false, message }) as const;
  const [, authority = "", rest = ""] = /^\w+:\/\/([^/?#]*)(.*)$/s.exec(databaseUrl) ?? [];
  if (/[@#]/.test(rest)) return refused(NOT_ENCODED);
  if (authority.slice(authority.lastIndexOf("@") + 1).includes(",")) {
    return refused("must name one host: a floating address, or a balancer in front of several servers");
  }
  const url = URL.canParse(databaseUrl) ? new URL(databaseUrl) : null;
  const decoded = url && parts(url);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them is in a name
  if (!url?.hostname || !decoded?.database || /[/\x00-\x1f\x7f]/.test(decoded.database)) return refused(FORM);
  const unknown = [...url.searchParams.keys()].find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) {
    return refused(`has the parameter ${unknown}, which is none of ${PARAMETERS.join(", ")}`);
  }
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const mode = url.searchParams.get("sslmode") ?? (isLoopback(host) ? "disable" : "verify-full");
  if (!MODES.includes(mode)) {
    return refused(
      `has sslmode=${mode}; allowed are disable and verify-full (with sslrootcert=FILE for certificates of your own), because others let anybody answer in the server's name`,
    );
  }
  const schema = url.searchParams.get("schema") ?? "public";
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) {
    return refused(`has the schema ${schema}; allowed are small letters, digits and _`);
  }
  const rootCert = url.searchParams.get("sslrootcert") ?? undefined;
  const tls = mode === "disable" ? null : { rootCert };
  return { ok: true, place: { ...decoded, host, port: Number(url.port || 5432), schema, tls } };
}

function parts(url: URL) {
  try {
    return {
      database: decodeURIComponent(url.pathname.slice(1)),
      user: decodeURIComponent(url.username) || undefined,
      password: decodeURIComponent(url.password) || undefined,
    };
  } catch {
    return null;
  }
}

function isLoopback(host: string): boolean {
  return host === "localhost" || /^127\./.test(host) || host === "::1";
}

/** What is wrong with a value of `DATABASE_URL`; null when nothing is. */
export function databaseUrlProblem(value: string): string | null {
  if (FILE.test(value)) return null;
  if (!SERVER.test(value)) return FORM;
  const read = postgresPlace(value);
  return read.ok ? null : read.message;
}

/** A database in words that anybody may read: its file, or `postgresql://host:port/database` without who gets in. */
export function shownDatabase(databaseUrl: string): string {
  if (FILE.test(databaseUrl)) return databaseUrl.replace(/^file:/, "");
  const read = postgresPlace(databaseUrl);
  if (!read.ok) return "the database";
  const { host, port, database } = read.place;
  return `postgresql://${isIPv6(host) ? `[${host}]` : host}:${port}/${database}`;
}
