import { type IncomingMessage, STATUS_CODES } from "node:http";
import { parseEndpointUrl } from "#lib/model/url";
import { ask, type HostRules, type OutgoingRules, outgoingWords } from "#lib/node/outgoing";
import type { TlsRules } from "#lib/node/trust";
import type { CheckResult } from "#lib/status";
import { ignoreErrors } from "../boundary";

/** "Check endpoint status" gives up after this long, ms. */
const TIMEOUT_MS = 3_000;

/** With the status of the answer; null without one. */
export type Checked = CheckResult & { status: number | null };

/** Asks a backend from the gateway's place in the network: HEAD, then GET where HEAD is not known. */
export async function checkEndpoint(
  urlText: string,
  rules: HostRules,
  tlsOf: (url: string) => TlsRules,
): Promise<Checked> {
  const parsed = parseEndpointUrl(urlText);
  if (!parsed.ok) return down(parsed.message);
  const { url } = parsed;
  const start = performance.now();
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const head = (method: string) => headOf(url, method, signal, { hosts: rules, tls: tlsOf(url.href) });
  try {
    let answer = await head("HEAD");
    if (answer.statusCode === 405 || answer.statusCode === 501) answer = await head("GET");
    return words(answer, performance.now() - start);
  } catch (error) {
    return down(reason(error as NodeJS.ErrnoException, signal));
  }
}

/** Only the head matters; the body may be endless. */
async function headOf(
  url: URL,
  method: string,
  signal: AbortSignal,
  rules: OutgoingRules,
): Promise<IncomingMessage> {
  const answer = await ask(url, { method, signal }, rules);
  ignoreErrors(answer);
  return answer.destroy();
}

function words(answer: IncomingMessage, elapsed: number): Checked {
  const status = answer.statusCode ?? 0;
  const line = `${status} ${STATUS_CODES[status] ?? answer.statusMessage ?? ""}`.trim();
  const took = `${line} in ${Math.max(1, Math.round(elapsed))} ms`;
  if (status >= 200 && status < 300) return { state: "up", message: took, status };
  if (status >= 300 && status < 400 && answer.headers.location) {
    return {
      state: "answers",
      message: `${took}: the server redirects to ${answer.headers.location.slice(0, 200)}`,
      status,
    };
  }
  return { state: "answers", message: `${took}: the server answers`, status };
}

function reason(error: NodeJS.ErrnoException, signal: AbortSignal): string {
  if (error.code === "FORBIDDEN") return "Not checked: link-local and cloud metadata addresses are refused.";
  if (error.code === "DENIED") return "Not checked: this host may not be checked from the gateway.";
  return outgoingWords(error, signal, { timeoutMs: TIMEOUT_MS, maxBytes: 0 });
}

function down(message: string): Checked {
  return { state: "down", message, status: null };
}
