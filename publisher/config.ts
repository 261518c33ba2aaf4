/** The publisher's configuration: every environment variable it reads, with default and unit. */
import * as z from "zod";
import { Password, Username } from "#lib/access/users";
import { list, port, readEnvironment, shared } from "#lib/node/env";

const schema = z.object({
  ...shared,
  /** Address to listen on. Empty: loopback only, in both address families. */
  HOST: z.string().default(""),
  PORT: port(3000),
  /** Host names, with or without port, that browsers may reach the publisher by, besides loopback and HOST. */
  ALLOWED_HOSTS: list.transform((hosts) => hosts.map((host) => host.toLowerCase())),
  /** Addresses and networks of proxies in front, whose X-Forwarded-* headers are believed. */
  TRUSTED_PROXIES: list,
  /** The administrator made at the first start, when there is no user yet; without password a page asks. */
  ADMIN_USERNAME: Username.default("admin"),
  ADMIN_PASSWORD: Password.optional(),
  /** Where this publisher finds the gateway's admin interface: 127.0.0.1 and this port. */
  GATEWAY_ADMIN_PORT: port(9096),
  /** The same as a URL, when the gateway runs on another machine. */
  GATEWAY_ADMIN_URL: z.url({ protocol: /^https?$/, error: "must be an http or https URL" }).optional(),
  /** What the gateway's admin interface asks for when it does not listen on loopback. */
  GATEWAY_ADMIN_SECRET: z.string().optional(),
});

export type PublisherEnv = z.output<typeof schema>;

/** Expected failures are values: `message` is one sentence per invalid variable, each naming it. */
export function parsePublisherEnv(
  variables: Record<string, string | undefined>,
): { ok: true; env: PublisherEnv } | { ok: false; message: string } {
  const read = readEnvironment(schema, variables);
  return read.ok ? { ok: true, env: read.value } : read;
}
