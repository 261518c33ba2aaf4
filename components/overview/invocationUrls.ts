import { type ApiDefinition, allGroups, basePath } from "#lib/edit/api";
import { type KeyType, keyTypes } from "#lib/edit/endpoints";

export interface GatewayUrls {
  http: string | null;
  https: string | null;
}

/** How an API is called. */
export interface Invocation {
  /** Its address at the gateway. */
  url: string;
  /** Those that have endpoints; for an API that asks for no token there is nothing to choose by. */
  keyTypes: KeyType[];
  /** What tokens for it hold: with other words, others are needed. */
  tokenKey: string;
  /** The line to try it with. */
  curl: (token: string) => string;
}

/** Null when the gateway has no address that this API answers at. */
export function invocation(definition: ApiDefinition, urls: GatewayUrls): Invocation | null {
  const { transports, security, resources, name, version } = definition;
  const gateway = (transports.https && urls.https) || (transports.http && urls.http) || null;
  if (!gateway) return null;
  const url = gateway.replace(/\/+$/, "") + basePath(definition);
  const get = resources.filter(({ method }) => method === "GET");
  const plain = get.filter(({ path }) => !path.includes("{"));
  const [resource = resources[0]] = [plain, get].flatMap((list) => list.find((r) => r.secured) ?? list);
  // A line that can be pasted has something for each parameter.
  const path = resource?.path.replace(/\*$/, "").replace(/\{[^{}]*\}/g, "1") ?? "/";
  const isOpen = security.kind === "none" || resource?.secured === false;
  // The gateway's own certificate is signed by nobody that curl knows.
  const options = `${url.startsWith("https:") ? "-k " : ""}-X ${resource?.method ?? "GET"}`;
  const groups = allGroups(definition).map((g) => g.groups);
  const scopes = resources.flatMap((r) => r.scopes);
  return {
    url,
    keyTypes: isOpen ? [] : keyTypes.filter((k) => groups.some((g) => g[k].enabled)),
    tokenKey: JSON.stringify([name, version, url, scopes, security.audiences]),
    curl: (token) => {
      const header = isOpen ? "" : ` -H "${quoted(security.header)}: Bearer ${token}"`;
      return `curl ${options} "${quoted(url + path)}"${header}`;
    },
  };
}

/** Between double quotes in a shell. */
const quoted = (text: string) => text.replace(/[\\"$`]/g, "\\$&");
