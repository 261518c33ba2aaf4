import { join, resolve } from "node:path";
import * as z from "zod";
import { engineOf } from "#lib/node/databaseUrl";
import { list, port, readEnvironment, shared } from "#lib/node/env";
import { GatewayId } from "#lib/node/gatewayId";

/**
 * The gateway's configuration: environment variables, parsed once at start. README.md lists them; an
 * invalid one stops the start with a sentence that names it.
 */

/** A listener's port; null when it is "off". */
const portOrOff = (fallback: number) =>
  z
    .union([z.literal("off").transform(() => null), port(fallback)], "must be a port from 1 to 65535, or off")
    .default(fallback);
const milliseconds = (fallback: number) =>
  z.coerce
    .number("must be a whole number of milliseconds")
    .int("must be a whole number of milliseconds")
    .min(1, "must be 1 or more milliseconds")
    .default(fallback);
function arePublicUrls(given: readonly string[]): boolean {
  const schemes = given.map((url) => /^(https?):\/\/[^/?#@\s]+\/?$/i.exec(url)?.[1]?.toLowerCase());
  return schemes.every((scheme, i) => scheme && schemes.indexOf(scheme) === i && URL.canParse(given[i]!));
}
const Environment = z.object({
  ...shared,
  /** By what this one is known among several; unset means one that is made once, in the data folder. */
  GATEWAY_ID: GatewayId.optional(),
  /** Address to listen on; empty means loopback, IPv4 and IPv6. */
  GATEWAY_HOST: z.string().default(""),
  GATEWAY_HTTP_PORT: portOrOff(9090),
  GATEWAY_HTTPS_PORT: portOrOff(9095),
  /** Certificate (with its chain) and key of the HTTPS listener, PEM files; else a self-signed one is made. */
  GATEWAY_TLS_CERT: z.string().optional(),
  GATEWAY_TLS_KEY: z.string().optional(),
  /** Base URLs by which callers reach it, one for HTTP and one for HTTPS; none: where it listens. */
  GATEWAY_PUBLIC_URL: list.refine(
    arePublicUrls,
    "must be an http or an https URL or one of each, without a path, such as https://api.example",
  ),
  GATEWAY_ADMIN_PORT: port(9096),
  /** Address of the admin interface; empty means loopback, IPv4 and IPv6. Anything else needs the secret. */
  GATEWAY_ADMIN_HOST: z.string().default(""),
  /** By what the publisher reaches it, where that is not as it listens. */
  GATEWAY_ADMIN_URL: z.url({ protocol: /^https?$/, error: "must be an http or https URL" }).optional(),
  /** What the admin interface asks for as `Authorization: Bearer`; empty means nothing. */
  GATEWAY_ADMIN_SECRET: z.string().default(""),
  /** How often the newest change is looked up, ms. */
  GATEWAY_POLL_MS: milliseconds(250),
  /** How long a stopping gateway goes on taking connections, for balancers to learn of it, ms. */
  GATEWAY_DRAIN_DELAY_MS: z.coerce
    .number("must be a whole number of milliseconds")
    .int("must be a whole number of milliseconds")
    .min(0, "must be 0 or more milliseconds")
    .default(0),
  /** How long a stopping gateway waits for requests under way, ms. */
  GATEWAY_DRAIN_MS: milliseconds(30_000),
  /** Where access log lines go: stdout, off, or a file. */
  GATEWAY_ACCESS_LOG: z.string().default("stdout"),
  /** Folder of custom algorithms; empty means none. */
  GATEWAY_ALGORITHMS_DIR: z.string().default(""),
  /** Addresses and networks of proxies in front, whose X-Forwarded-* headers are believed. */
  GATEWAY_TRUSTED_PROXIES: list,
  /**
   * How far a token's `exp` and `nbf` may be off because clocks differ, s; whoever issued it. Unset: 30 for other
   * issuers, and for our own 5 for `nbf`, and 0 for `exp`, because what ends a token must end it on time.
   */
  GATEWAY_CLOCK_SKEW: z.coerce
    .number("must be a number of seconds from 0 to 300")
    .min(0, "must be a number of seconds from 0 to 300")
    .max(300, "must be a number of seconds from 0 to 300")
    .optional(),
  /** Folder of the gateway's own copy of what it serves, or off; unset: in the data folder. None with SQLite. */
  GATEWAY_CACHE: z.string().optional(),
  /** From what age of it on tokens are refused, s. */
  GATEWAY_CACHE_MAX_AGE: z.coerce
    .number("must be a whole number of seconds")
    .int("must be a whole number of seconds")
    .min(1, "must be 1 or more seconds")
    .default(86_400),
  /** Whether POST /testkey makes tokens for users of the publisher. */
  GATEWAY_TEST_KEY: z.enum(["on", "off"], "must be on or off").default("on"),
});
export type Config = z.infer<typeof Environment>;

/** Parses the environment; on error a sentence per variable. */
export function readConfig(
  env: NodeJS.ProcessEnv,
): { ok: true; config: Config } | { ok: false; message: string } {
  const read = readEnvironment(Environment, env);
  if (!read.ok) return read;
  const message = conflict(read.value);
  return message === undefined ? { ok: true, config: read.value } : { ok: false, message };
}

/** Where the gateway keeps its own copy, and how old that may become, ms; null: it keeps none. */
export function copyPlace(
  { DATABASE_URL, GATEWAY_CACHE, GATEWAY_CACHE_MAX_AGE }: Config,
  dataFolder: string,
): { folder: string; maxAgeMs: number } | null {
  // A file of SQLite is on a disk of this machine itself.
  if (GATEWAY_CACHE === "off" || engineOf(DATABASE_URL) === "sqlite") return null;
  const folder = GATEWAY_CACHE ? resolve(GATEWAY_CACHE) : join(dataFolder, "gateway-cache");
  return { folder, maxAgeMs: GATEWAY_CACHE_MAX_AGE * 1000 };
}

/** What is wrong between variables that are each fine by themselves. */
function conflict(config: Config): string | undefined {
  if (config.GATEWAY_HTTP_PORT === null && config.GATEWAY_HTTPS_PORT === null) {
    return "GATEWAY_HTTP_PORT and GATEWAY_HTTPS_PORT are both off: nobody could call the gateway.";
  }
  if ((config.GATEWAY_TLS_CERT === undefined) !== (config.GATEWAY_TLS_KEY === undefined)) {
    const missing = config.GATEWAY_TLS_CERT === undefined ? "GATEWAY_TLS_CERT" : "GATEWAY_TLS_KEY";
    return `${missing} is missing: a certificate and its key are set together.`;
  }
}
