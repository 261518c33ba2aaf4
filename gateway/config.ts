import { z } from "zod";

/**
 * The gateway's configuration: environment variables, parsed once at start. README.md lists them; an
 * invalid one stops the start with a sentence that names it.
 */

const port = (fallback: number) =>
  z.coerce
    .number("must be a port from 1 to 65535")
    .int("must be a port from 1 to 65535")
    .min(1, "must be a port from 1 to 65535")
    .max(65535, "must be a port from 1 to 65535")
    .default(fallback);
const milliseconds = (fallback: number) =>
  z.coerce
    .number("must be a whole number of milliseconds")
    .int("must be a whole number of milliseconds")
    .min(1, "must be 1 or more milliseconds")
    .default(fallback);
const list = z
  .string()
  .default("")
  .transform((text) =>
    text
      .split(",")
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ""),
  );

const Environment = z.object({
  DATABASE_URL: z
    .string()
    .startsWith("file:", "must be of the form file:path")
    .default("file:./data/sluice.db"),
  /** Address to listen on; empty means loopback, IPv4 and IPv6. */
  GATEWAY_HOST: z.string().default(""),
  GATEWAY_HTTP_PORT: port(9090),
  GATEWAY_ADMIN_PORT: port(9096),
  /** How often the newest change is looked up, ms. */
  GATEWAY_POLL_MS: milliseconds(250),
  /** How long a stopping gateway waits for requests under way, ms. */
  GATEWAY_DRAIN_MS: milliseconds(30_000),
  /** Where access log lines go: stdout, off, or a file. */
  GATEWAY_ACCESS_LOG: z.string().default("stdout"),
  /** Folder of custom algorithms; empty means none. */
  GATEWAY_ALGORITHMS_DIR: z.string().default(""),
  /** Addresses and networks of proxies in front, whose X-Forwarded-* headers are believed. */
  GATEWAY_TRUSTED_PROXIES: list,
  /** Keys are derived from it; empty means a file beside the database. */
  SLUICE_SECRET: z.string().optional(),
  /** Hosts that "Check endpoint status" may reach; empty means all that are not denied. */
  CHECK_ALLOW_HOSTS: list,
  /** Hosts that it may not reach, besides link-local and cloud metadata addresses. */
  CHECK_DENY_HOSTS: list,
});
export type Config = z.infer<typeof Environment>;

/** Parses the environment; on error a sentence per variable. An empty variable counts as not set. */
export function readConfig(
  env: NodeJS.ProcessEnv,
): { ok: true; config: Config } | { ok: false; message: string } {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const parsed = Environment.safeParse(given);
  if (parsed.success) return { ok: true, config: parsed.data };
  const sentences = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    return `${name} ${issue.message} (it is "${given[name] ?? ""}").`;
  });
  return { ok: false, message: sentences.join(" ") };
}
