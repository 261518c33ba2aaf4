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

/** In the form of WSO2's settings. WebSockets come in where HTTP does. */
export function environmentOf(status: GatewayStatus | null) {
  const { http = null, https = null } = status?.urls ?? {};
  const [httpPort, httpsPort] = [portOf(http), portOf(https)];
  const ports = { httpPort, httpsPort, wsPort: httpPort, wssPort: httpsPort };
  return {
    ...{ id: ENVIRONMENT, name: ENVIRONMENT, displayName: ENVIRONMENT, type: "hybrid" },
    ...{ gatewayType: "Regular", provider: "wso2", mode: "READ_WRITE", showInApiConsole: true },
    serverUrl: https ?? http ?? "",
    vhosts: [{ host: vhostOf(status), httpContext: "", ...ports }],
    endpointURIs: [],
  };
}

/** 0 where nobody listens, as far as is known. */
function portOf(url: string | null): number {
  if (url === null) return 0;
  const { port, protocol } = new URL(url);
  return Number(port) || (protocol === "https:" ? 443 : 80);
}
