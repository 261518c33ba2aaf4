import { hostname } from "node:os";
import { isLoopback } from "#lib/node/listen";
import type { Config } from "../config";

/** By what addresses this gateway is reached, as far as it knows. */
export interface ReachedAt {
  /** By callers; null where that listener is off, or not for them. */
  http: string | null;
  https: string | null;
  /** Its admin interface, by the publisher. */
  admin: string;
}

const ANY = ["0.0.0.0", "::"];

/** What is set, else where it listens. */
export function reachedAt(config: Config): ReachedAt {
  const { GATEWAY_PUBLIC_URL: given, GATEWAY_HOST: host, GATEWAY_ADMIN_HOST: adminHost } = config;
  const admin = isLoopback(adminHost) ? "127.0.0.1" : ANY.includes(adminHost) ? hostname() : adminHost;
  return {
    ...(given.length > 0
      ? { http: ofScheme(given, "http:"), https: ofScheme(given, "https:") }
      : {
          http: urlFor("http", host, config.GATEWAY_HTTP_PORT),
          https: urlFor("https", host, config.GATEWAY_HTTPS_PORT),
        }),
    admin: config.GATEWAY_ADMIN_URL?.replace(/\/+$/, "") ?? urlFor("http", admin, config.GATEWAY_ADMIN_PORT)!,
  };
}

const ofScheme = (urls: readonly string[], scheme: string) =>
  urls.find((url) => url.toLowerCase().startsWith(scheme)) ?? null;

function urlFor(scheme: string, given: string, port: number | null): string | null {
  const host = given || "localhost";
  return port === null ? null : `${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
