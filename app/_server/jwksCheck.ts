import { fetchKeys } from "#lib/node/jwks";
import type { CheckResult } from "#lib/status";
import { outgoingRules } from "./outgoingRules";

/** Asks another issuer for its keys as the gateway does, from the publisher's place in the network. */
export async function checkJwks(url: string): Promise<CheckResult> {
  const found = await fetchKeys(url, await outgoingRules(new URL(url)));
  if (!found.ok) return { state: "down", message: found.message };
  const count = found.keys.length === 1 ? "1 key" : `${found.keys.length} keys`;
  return { state: "up", message: `${count} that tokens can be checked with.` };
}
