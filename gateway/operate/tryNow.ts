import type { TryResult } from "#lib/status";
import { isWell } from "#lib/traffic/suspension";
import type { RuntimeApi } from "../routes/runtimeApi";
import type { AdminContext } from "./adminContext";
import { checkEndpoint } from "./check";

/**
 * *Try it now*: checks an endpoint that serves as `POST /check` does, from this place in the network and under the
 * same rules, and takes it back at once when it is well. When it is not, nothing changes: what traffic met decides.
 * Null when the API has no such endpoint here.
 */
export async function tryEndpoint(
  api: RuntimeApi | undefined,
  endpointId: string,
  { check, tlsOf }: Pick<AdminContext, "check" | "tlsOf">,
): Promise<TryResult | null> {
  for (const [, group] of api?.allGroups() ?? []) {
    const endpoint = group.endpoints.find((e) => e.id === endpointId);
    if (!endpoint) continue;
    const { config, live } = endpoint;
    const startedAt = performance.now();
    const { verifyTls, http2 } = config.settings;
    const tls = (url: string) => tlsOf(url, verifyTls);
    const { state, message, status } = await checkEndpoint(config.url, check, tls, http2);
    const now = performance.now();
    if (status !== null && isWell(status, group.config.failureStatuses)) live.answered(startedAt, now);
    return { state, message, url: config.url, open: live.isOpen(now) && live.health.kind === "active" };
  }
  return null;
}
