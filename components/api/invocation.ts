import { type ApiDefinition, basePath } from "#lib/api";

/** A request that the API answers: its address, and the line to try it with. */
export function invocation(definition: ApiDefinition, gatewayUrl: string) {
  const base = gatewayUrl.replace(/\/+$/, "") + basePath(definition);
  const resource = definition.resources.find((r) => r.method === "GET") ?? definition.resources[0];
  const path = resource?.path.replace(/\*$/, "") ?? "/";
  const method = resource && resource.method !== "GET" ? `-X ${resource.method} ` : "";
  return { url: base, curl: `curl -i ${method}'${(base + path).replaceAll("'", "'\\''")}'` };
}
