import type { z } from "zod";
import { CheckResult, GatewayStatus } from "#lib/status";
import { parsePublisherEnv } from "../scripts/publisher-env";

/** The gateway's state as it tells it, or null when it does not answer (1 s). */
export function readGatewayStatus(): Promise<GatewayStatus | null> {
  return ask("/status", GatewayStatus, 1_000);
}

/** A check runs 3 s at most in the gateway; what comes later than that means there is no gateway. */
export function checkEndpoint(url: string): Promise<CheckResult | null> {
  return ask("/check", CheckResult, 8_000, { url });
}

async function ask<T>(path: string, schema: z.ZodType<T>, timeoutMs: number, body?: unknown) {
  try {
    const response = await fetch(adminUrl() + path, {
      signal: AbortSignal.timeout(timeoutMs),
      cache: "no-store",
      ...(body === undefined
        ? {}
        : {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify(body),
          }),
    });
    if (!response.ok) return null;
    const parsed = schema.safeParse(await response.json());
    if (!parsed.success) console.error(`The gateway's ${path} answered in an unknown form.`, parsed.error);
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Read at use and not at import: a build has no environment of its own. */
function adminUrl(): string {
  const parsed = parsePublisherEnv(process.env);
  if (!parsed.ok) throw new Error(parsed.message);
  const { GATEWAY_ADMIN_URL, GATEWAY_ADMIN_PORT } = parsed.env;
  return (GATEWAY_ADMIN_URL ?? `http://127.0.0.1:${GATEWAY_ADMIN_PORT}`).replace(/\/+$/, "");
}
