import { isEmpty } from "../openapi/unusedKeys";
import type { Notes } from "./projectNotes";
import { type Json, listOf, objectOf, shown, textOf } from "./values";

/** apictl's parameter files: what an import replaces for one environment. */

export interface EnvironmentParams {
  /** Instead of that of api.yaml; undefined when the environment names no endpoints. */
  endpointConfig: Json | undefined;
  /** Whether that holds other endpoints, and not only other credentials. */
  namesEndpoints: boolean;
  certificates: { endpoint: string; alias: string; path: string }[];
}

/** Keys of an environment that are read, and those that say where a gateway of WSO2's is. */
const known = [
  ...[
    "name",
    "endpointType",
    "endpointRoutingPolicy",
    "endpoints",
    "loadBalanceEndpoints",
    "failoverEndpoints",
  ],
  ...["security", "certs", "deploymentEnvironments", "gatewayEnvironments"],
];

/** The part of `environment`. Without a name there must be one environment only. */
export function readParams(
  value: unknown,
  environment: string | undefined,
  present: Json,
  notes: Notes,
): EnvironmentParams {
  const nothing = { endpointConfig: undefined, namesEndpoints: false, certificates: [] };
  const all = listOf(objectOf(value)?.environments).flatMap((item): Json[] => {
    const entry = objectOf(item);
    return entry ? [entry] : [];
  });
  const names = all.map(({ name }) => textOf(name));
  const found =
    environment === undefined && all.length === 1 ? all[0] : all[names.indexOf(environment ?? "")];
  if (!found) {
    const known = names.length === 0 ? "The file has no environments." : `Known are ${names.join(", ")}.`;
    const what =
      environment === undefined ? "Name the environment." : `There is no environment ${shown(environment)}.`;
    notes.problem("environments", `${what} ${known}`);
    return nothing;
  }
  const place = `environments[${all.indexOf(found)}].configs`;
  // Before version 4 the settings stood beside the name.
  const configs = objectOf(found.configs) ?? found;
  for (const [key, value] of Object.entries(configs)) {
    if (!known.includes(key) && !isEmpty(value)) notes.warn(`${place}.${key}`, `${key} has no effect here.`);
  }
  const replaced = endpointsOf(configs, present, place, notes);
  const security = securityOf(configs.security);
  const endpointConfig = security ? { ...(replaced ?? present), endpoint_security: security } : replaced;
  const certificates = listOf(configs.certs).flatMap((item) => {
    const { hostName, host, alias, path } = objectOf(item) ?? {};
    return path === undefined
      ? []
      : [{ endpoint: textOf(hostName ?? host), alias: textOf(alias), path: textOf(path) }];
  });
  return { endpointConfig, namesEndpoints: replaced !== undefined, certificates };
}

function endpointsOf(configs: Json, present: Json, place: string, notes: Notes): Json | undefined {
  const policy = textOf(configs.endpointRoutingPolicy).trim().toLowerCase();
  const balanced = objectOf(configs.loadBalanceEndpoints);
  const failing = objectOf(configs.failoverEndpoints);
  const plain = objectOf(configs.endpoints);
  if (!["", "load_balanced", "load_balance", "failover"].includes(policy)) {
    notes.problem(
      `${place}.endpointRoutingPolicy`,
      `${shown(configs.endpointRoutingPolicy)} is not supported. Allowed are load_balanced and failover.`,
    );
  }
  const kept = { ...present };
  for (const key of Object.keys(kept)) {
    if (/^(production|sandbox)_(endpoints|failovers)$|^x-sluice-|^endpoint_type$/.test(key)) delete kept[key];
  }
  const of = (from: Json, endpoint_type: string, more: Json = {}) => ({
    ...kept,
    endpoint_type,
    production_endpoints: from.production,
    sandbox_endpoints: from.sandbox,
    ...more,
  });
  const missing = (key: string) =>
    notes.problem(`${place}.${key}`, `It is missing, and the routing policy needs it.`);
  if (policy.startsWith("load_balance") || (policy === "" && balanced)) {
    if (!balanced) missing("loadBalanceEndpoints");
    const { production: _p, sandbox: _s, ...settings } = balanced ?? {};
    return of(balanced ?? {}, "load_balance", settings);
  }
  if (policy === "failover" || (policy === "" && failing)) {
    if (!failing) missing("failoverEndpoints");
    return of(failing ?? {}, "failover", {
      production_failovers: failing?.productionFailovers,
      sandbox_failovers: failing?.sandboxFailovers,
    });
  }
  return plain && of(plain, "http");
}

/** By key type, one for both, or a list of one for both. */
function securityOf(value: unknown): Json | undefined {
  const security = objectOf(Array.isArray(value) ? value[0] : value);
  if (!security) return undefined;
  if (security.production !== undefined || security.sandbox !== undefined) return security;
  return { production: security, sandbox: security };
}
