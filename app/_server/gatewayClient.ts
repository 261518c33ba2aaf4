import type { z } from "zod";
import type { KeyType } from "#lib/edit/endpoints";
import {
  ApiHistory,
  Checked,
  type CheckRequest,
  GatewayStatus,
  type TryRequest,
  TryResult,
} from "#lib/status";
import { Trace } from "#lib/traffic/trace";
import { environment } from "./publisherEnv";

/** The gateway's state as it tells it, of these APIs only; null when it does not answer (1 s). */
export function readGatewayStatus(apiIds: readonly string[]): Promise<GatewayStatus | null> {
  const wanted = apiIds.length > 0 ? apiIds : [""];
  const query = new URLSearchParams(wanted.map((id) => ["api", id]));
  return ask(`/status?${query}`, GatewayStatus, 1_000);
}

/** What it counted in the last hour; null when it does not answer or the API is not live there. */
export function readHistory(apiId: string, keyType: KeyType | null): Promise<ApiHistory | null> {
  const query = new URLSearchParams({ api: apiId, ...(keyType && { keyType }) });
  return ask(`/history?${query}`, ApiHistory, 2_000);
}

/** What a request of ours met; null when the gateway does not tell. */
export function readTrace(id: string): Promise<Trace | null> {
  return ask(`/trace?${new URLSearchParams({ id })}`, Trace, 2_000);
}

/** Told where nobody runs a check. */
export const NO_GATEWAY = "Not checked: the gateway, which runs the checks, does not answer.";

/** A check runs 3 s at most in the gateway; what comes later than that means there is no gateway. */
export function checkEndpoint(request: CheckRequest): Promise<Checked | null> {
  return ask("/check", Checked, 8_000, request);
}

/** What a check of an endpoint that serves met, which takes it back if it is well; null when nobody tells. */
export function tryEndpoint(request: TryRequest): Promise<TryResult | null> {
  return ask("/try", TryResult, 8_000, request);
}

async function ask<T>(path: string, schema: z.ZodType<T>, timeoutMs: number, body?: unknown) {
  try {
    const { url, secret } = admin();
    const authorization = secret ? { authorization: `Bearer ${secret}` } : undefined;
    const response = await fetch(url + path, {
      signal: AbortSignal.timeout(timeoutMs),
      cache: "no-store",
      ...(body === undefined
        ? { headers: authorization }
        : {
            method: "POST",
            headers: { ...authorization, "content-type": "application/json" },
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

function admin(): { url: string; secret: string | undefined } {
  const { GATEWAY_ADMIN_URL, GATEWAY_ADMIN_PORT, GATEWAY_ADMIN_SECRET: secret } = environment();
  const url = (GATEWAY_ADMIN_URL ?? `http://127.0.0.1:${GATEWAY_ADMIN_PORT}`).replace(/\/+$/, "");
  return { url, secret };
}

/** How long a machine's request waits for the gateway, ms. */
const CONFIRM_MS = 2_000;
/** Between two looks, ms. */
const LOOK_MS = 50;

/** Whether the gateway serves this generation; waits for it up to 2 s. */
export async function confirmed(generation: number): Promise<boolean> {
  const until = Date.now() + CONFIRM_MS;
  for (;;) {
    const status = await readGatewayStatus([]);
    if (status && status.generation >= generation) return true;
    if (Date.now() >= until) return false;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
