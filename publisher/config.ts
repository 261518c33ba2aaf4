/** The publisher's configuration: every environment variable it reads, with default and unit. */
import { z } from "zod";
import { Password, Username } from "#lib/access/users";

const port = (fallback: number) =>
  z.coerce
    .number("must be a port number from 1 to 65535")
    .int("must be a whole number")
    .min(1, "must be a port number from 1 to 65535")
    .max(65_535, "must be a port number from 1 to 65535")
    .default(fallback);

const list = z
  .string()
  .default("")
  .transform((text) =>
    text
      .split(",")
      .map((entry) => entry.trim().toLowerCase())
      .filter((entry) => entry !== ""),
  );

/** Their values are not told in the sentence about them. */
const SECRETS = new Set(["ADMIN_PASSWORD", "GATEWAY_ADMIN_SECRET", "SLUICE_SECRET"]);

const schema = z.object({
  /** Address to listen on. Empty: loopback only, in both address families. */
  HOST: z.string().default(""),
  PORT: port(3000),
  /** Host names, with or without port, that browsers may reach the publisher by, besides loopback and HOST. */
  ALLOWED_HOSTS: list,
  /** Addresses and networks of proxies in front, whose X-Forwarded-* headers are believed. */
  TRUSTED_PROXIES: list,
  /** The administrator made at the first start, when there is no user yet; without password a page asks. */
  ADMIN_USERNAME: Username.default("admin"),
  ADMIN_PASSWORD: Password.optional(),
  /** What our tokens say in the claim `iss`; the gateway's has to be the same. */
  TOKEN_ISSUER: z.string().max(1_000, "must have at most 1000 characters").default("sluice"),
  /** Keys are derived from it; unset means a file beside the database. */
  SLUICE_SECRET: z.string().optional(),
  /** SQLite file; a relative path counts from the repository's folder. */
  DATABASE_URL: z
    .string()
    .regex(/^file:./, "must name a file, like file:./data/sluice.db")
    .default("file:./data/sluice.db"),
  /** Where this publisher finds the gateway's admin interface: 127.0.0.1 and this port. */
  GATEWAY_ADMIN_PORT: port(9096),
  /** The same as a URL, when the gateway runs on another machine. */
  GATEWAY_ADMIN_URL: z.url({ protocol: /^https?$/, error: "must be an http or https URL" }).optional(),
  /** Hosts that it may and may not ask in somebody's name (imports by URL, key sets of issuers). */
  CHECK_ALLOW_HOSTS: list,
  CHECK_DENY_HOSTS: list,
  /** What the gateway's admin interface asks for when it does not listen on loopback. */
  GATEWAY_ADMIN_SECRET: z.string().optional(),
});

export type PublisherEnv = z.output<typeof schema>;

/** Expected failures are values: `message` is one sentence per invalid variable, each naming it. */
export function parsePublisherEnv(
  variables: Record<string, string | undefined>,
): { ok: true; env: PublisherEnv } | { ok: false; message: string } {
  // `PORT=` in a shell or a compose file means "not set".
  const present = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(present);
  if (parsed.success) return { ok: true, env: parsed.data };
  const sentences = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0]);
    const value = SECRETS.has(name) ? "" : `=${present[name]}`;
    // The rules for users are sentences by themselves.
    if (/^[A-Z]/.test(issue.message)) return `${name}${value} is invalid: ${issue.message}`;
    return `${name}${value} is invalid: it ${issue.message}.`;
  });
  return { ok: false, message: sentences.join("\n") };
}
