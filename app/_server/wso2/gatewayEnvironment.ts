import type { GatewayStatus } from "#lib/status";
import { readGatewayStatus } from "../gatewayClient";

/** The environment that all APIs are deployed in; there is one gateway and one name for it. */
export const ENVIRONMENT = "Default";

export const isOurs = (environment: string) => environment.toLowerCase() === ENVIRONMENT.toLowerCase();

/** Where the gateway answers, by name or address. */
export function vhostOf(status: GatewayStatus | null): string {
  const base = status?.urls.https ?? status?.urls.http;
  return base ? new URL(base).hostname : "localhost";
}

export const ownVhost = async () => vhostOf(await readGatewayStatus([]));

/** Whether a vhost is this one; none at all and localhost are. */
export const isOwnVhost = (vhost: string, own: string) =>
  ["", "localhost", own].includes(vhost.toLowerCase());
