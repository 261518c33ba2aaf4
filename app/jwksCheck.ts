import { z } from "zod";
import type { CheckResult } from "#lib/status";
import { download } from "./outgoing";

/** As much as the gateway reads, bytes. */
const MAX_BYTES = 256 * 1024;

const Jwks = z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string().optional() })) });

/** Asks another issuer for its keys, from the publisher's place in the network, and says what came. */
export async function checkJwks(urlText: string): Promise<CheckResult> {
  const bounds = { timeoutMs: 5_000, maxBytes: MAX_BYTES, accept: "application/json" };
  const answer = await download(new URL(urlText), bounds);
  return answer.ok ? words(answer.bytes.toString("utf8")) : down(answer.message);
}

function words(text: string): CheckResult {
  const document = Jwks.safeParse(json(text));
  if (!document.success) return down("The answer is no key set (JWKS).");
  const { keys } = document.data;
  const usable = keys.filter((key) => key.kty === "RSA" || (key.kty === "EC" && key.crv === "P-256"));
  if (usable.length === 0)
    return down("The key set has no key for RS256 or ES256, so no token could be checked.");
  const count = usable.length === 1 ? "1 key" : `${usable.length} keys`;
  return { state: "up", message: `${count} that tokens can be checked with.` };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function down(message: string): CheckResult {
  return { state: "down", message };
}
