import { STATUS_CODES } from "node:http";
import { parseEndpointUrl } from "#lib/model/url";
import { ask, type HostRules, type OutgoingRules, outgoingWords } from "#lib/node/outgoing";
import type { TlsRules } from "#lib/node/trust";
import type { Checked } from "#lib/status";
import { ignoreErrors } from "../boundary";
import { type Head, headOverHttp2 } from "./checkHttp2";

/** "Check endpoint status" gives up after this long, ms. */
const TIMEOUT_MS = 3_000;

/**
 * Asks a backend from the gateway's place in the network: HEAD, then GET where HEAD is not known. `http2`: in HTTP/2,
 * as its requests are sent.
 */
export async function checkEndpoint(
  urlText: string,
  rules: HostRules,
  tlsOf: (url: string) => TlsRules,
  http2: boolean,
): Promise<Checked> {
  const parsed = parseEndpointUrl(urlText);
  if (!parsed.ok) return down(parsed.message);
  const { url } = parsed;
  const start = performance.now();
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const outgoing = { hosts: rules, tls: tlsOf(url.href) };
  const head = async (method: string) =>
    (http2 ? await headOverHttp2(url, method, signal, outgoing) : null) ??
    headOf(url, method, signal, outgoing);
  try {
    let answer = await head("HEAD");
    if (answer.statusCode === 405 || answer.statusCode === 501) answer = await head("GET");
    return words(answer, performance.now() - start);
  } catch (error) {
    return down(reason(error as NodeJS.ErrnoException, signal));
  }
}

/** Only the head matters; the body may be endless. */
async function headOf(url: URL, method: string, signal: AbortSignal, rules: OutgoingRules): Promise<Head> {
  const answer = await ask(url, { method, signal }, rules);
  ignoreErrors(answer);
  return answer.destroy();
}

function words(answer: Head, elapsed: number): Checked {
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
  if (error.code?.startsWith("ERR_HTTP2")) return "The server does not speak HTTP/2";
  return outgoingWords(error, signal, { timeoutMs: TIMEOUT_MS, maxBytes: 0 });
}

function down(message: string): Checked {
  return { state: "down", message, status: null };
}
