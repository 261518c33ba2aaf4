import { Resolver } from "node:dns";
import * as z from "zod";
import { databaseUrlProblem, engineOf } from "./databaseUrl";

/** How our processes read their environment, and the variables that both of them read. */

/** `iss` of our own tokens unless TOKEN_ISSUER says otherwise. */
export const DEFAULT_ISSUER = "sluice";

export const port = (fallback: number) =>
  z.coerce
    .number("must be a port from 1 to 65535")
    .int("must be a port from 1 to 65535")
    .min(1, "must be a port from 1 to 65535")
    .max(65_535, "must be a port from 1 to 65535")
    .default(fallback);

/** Entries between commas. */
export const list = z
  .string()
  .default("")
  .transform((text) =>
    text
      .split(",")
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ""),
  );

function areServers(servers: string[]): boolean {
  try {
    new Resolver().setServers(servers);
    return true;
  } catch {
    return false;
  }
}

export const shared = {
  /** SQLite file, whose relative path counts from the repository's folder, or a PostgreSQL server. */
  DATABASE_URL: z
    .string()
    .superRefine((url, context) => {
      const message = databaseUrlProblem(url);
      if (message) context.addIssue({ code: "custom", message });
    })
    .default("file:./data/sluice.db"),
  /** Folder of what is kept beside the database; unset means the SQLite file's, else `data` (dataFolder.ts). */
  SLUICE_DATA: z.string().optional(),
  /** Keys are derived from it; unset means a file in the data folder. */
  SLUICE_SECRET: z.string().optional(),
  /** What our own tokens say in the claim `iss`, the same for publisher and gateway. */
  TOKEN_ISSUER: z.string().max(1_000, "must have at most 1000 characters").default(DEFAULT_ISSUER),
  /** Hosts that are asked in somebody's name (checks, imports by URL, key sets, token servers); empty: all but the denied. */
  CHECK_ALLOW_HOSTS: list,
  /** Name servers instead of the system's: addresses, with `:port` where it is not 53. */
  DNS_SERVERS: list.refine(areServers, "must be addresses such as 10.0.0.2 or [fd00::2]:5353"),
  /** Hosts that are not, besides link-local and cloud metadata addresses. */
  CHECK_DENY_HOSTS: list,
};
const Shared = z.object(shared);

/** The variables that both processes read, as this one has them now. Throws with a sentence when one is wrong. */
export function sharedEnvironment(): z.infer<typeof Shared> {
  const parsed = readEnvironment(Shared, process.env);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.value;
}

/** Whether this process stores in PostgreSQL; what has to be said to it in other words asks this. */
export function usesPostgres(): boolean {
  return engineOf(process.env.DATABASE_URL ?? "") === "postgresql";
}

/** Their values are not told in the sentence about them. */
const SECRETS = new Set(["ADMIN_PASSWORD", "DATABASE_URL", "GATEWAY_ADMIN_SECRET", "SLUICE_SECRET"]);

/**
 * Parses an environment; on failure one sentence per variable that is wrong, each naming it. An empty variable counts
 * as not set: `PORT=` in a shell or a compose file means that.
 */
export function readEnvironment<Value>(
  schema: z.ZodType<Value>,
  variables: Readonly<Record<string, string | undefined>>,
): { ok: true; value: Value } | { ok: false; message: string } {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(given);
  if (parsed.success) return { ok: true, value: parsed.data };
  const sentences = parsed.error.issues.map(({ path, message }) => {
    const name = String(path[0]);
    // The rules for users are sentences by themselves.
    if (/^[A-Z]/.test(message)) return `${name} is invalid: ${message}`;
    return `${name} ${message}${SECRETS.has(name) ? "" : ` (it is "${given[name] ?? ""}")`}.`;
  });
  return { ok: false, message: sentences.join(" ") };
}
