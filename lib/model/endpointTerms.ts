/** What an endpoint group may say, and how much of it: what schemas, forms and the gateway agree on. */

export const keyTypes = ["production", "sandbox"] as const;
export type KeyType = (typeof keyTypes)[number];

export const routings = ["single", "loadBalanced", "failover"] as const;
export const sessionKinds = ["none", "transport", "soap", "clientId"] as const;
export const securityKinds = ["none", "basic", "digest", "oauth2", "apiKey"] as const;
export type SecurityKind = (typeof securityKinds)[number];

/** Largest number of endpoints in one group: beyond it a list is a mistake of an import, and every pick pays. */
export const MAX_ENDPOINTS = 100;
export const MAX_WEIGHT = 1_000;
/** WSO2's default session timeout: 10 minutes. */
export const DEFAULT_SESSION_TIMEOUT_MS = 600_000;
/** First suspension of an endpoint that does not say otherwise, ms: WSO2's default. */
export const DEFAULT_INITIAL_MS = 30_000;

/** What is wrong between two suspension settings, each fine by itself; undefined when nothing is. */
export function suspensionConflict({
  suspension,
}: {
  suspension: { initialMs: number | null; maxMs: number | null };
}): string | undefined {
  const initialMs = suspension.initialMs ?? DEFAULT_INITIAL_MS;
  if (suspension.maxMs === null || suspension.maxMs >= initialMs) return undefined;
  return `Max Duration must be at least the Initial Duration (${initialMs} ms).`;
}
