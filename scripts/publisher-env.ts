/** The publisher's configuration: every environment variable it reads, with default and unit. */
import { z } from "zod";

const port = (fallback: number) =>
  z.coerce
    .number("must be a port number from 1 to 65535")
    .int("must be a whole number")
    .min(1, "must be a port number from 1 to 65535")
    .max(65_535, "must be a port number from 1 to 65535")
    .default(fallback);

const schema = z.object({
  /** Address to listen on. Unset: loopback only, in both address families. */
  HOST: z.string().optional(),
  PORT: port(3000),
  /** SQLite file; a relative path counts from the repository's folder. */
  DATABASE_URL: z
    .string()
    .regex(/^file:./, "must name a file, like file:./data/sluice.db")
    .default("file:./data/sluice.db"),
  /** Where this publisher finds the gateway's admin interface: 127.0.0.1 and this port. */
  GATEWAY_ADMIN_PORT: port(9096),
  /** The same as a URL, when the gateway runs on another machine. */
  GATEWAY_ADMIN_URL: z.url({ protocol: /^https?$/, error: "must be an http or https URL" }).optional(),
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
    return `${name}=${present[name]} is invalid: it ${issue.message}.`;
  });
  return { ok: false, message: sentences.join("\n") };
}
