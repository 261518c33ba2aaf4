import { type ApiDefinition, basePath } from "#lib/edit/api";
import type { GatewayUrls } from "../overview/invocationUrls";
import type { Sending } from "./sending";

/** The same request for a terminal; null while the gateway's address is not known. */
export function curlOf(
  definition: ApiDefinition,
  urls: GatewayUrls | null,
  request: Sending,
  token: string | undefined,
): string | null {
  const { transports, security } = definition;
  const gateway = (transports.https && urls?.https) || (transports.http && urls?.http) || null;
  if (!gateway) return null;
  const url = gateway.replace(/\/+$/, "") + basePath(definition) + request.path;
  const own: [string, string][] = [
    ...(security.kind === "jwt"
      ? [[security.header, `Bearer ${token ?? "<token>"}`] as [string, string]]
      : []),
    ...(request.cookie ? [["Cookie", request.cookie] as [string, string]] : []),
    ...request.headers,
  ];
  const parts = [
    "curl",
    ...(url.startsWith("https:") ? ["-k"] : []),
    `-X ${request.method}`,
    quoted(url),
    ...own.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(request.body ? [`--data-raw ${quoted(request.body)}`] : []),
  ];
  return parts.join(" ");
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
