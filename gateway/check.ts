import { lookup } from "node:dns";
import { type IncomingMessage, type RequestOptions, request as requestHttp, STATUS_CODES } from "node:http";
import { request as requestHttps } from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { forbiddenNetworks, plainAddress, plainHost } from "#lib/addresses";
import type { CheckResult } from "#lib/status";
import { parseEndpointUrl } from "#lib/url";
import { isTlsError, type TlsRules, tlsWords } from "./trust";

/** "Check endpoint status" gives up after this long, ms. */
const TIMEOUT_MS = 3_000;

const forbidden = new BlockList();
for (const { address, bits, family } of forbiddenNetworks) forbidden.addSubnet(address, bits, family);

export interface CheckRules {
  allowHosts: readonly string[];
  denyHosts: readonly string[];
}

/** Asks a backend from the gateway's place in the network: HEAD, then GET where HEAD is not known. */
export async function checkEndpoint(
  urlText: string,
  rules: CheckRules,
  tlsOf: (url: string) => TlsRules,
): Promise<CheckResult> {
  const parsed = parseEndpointUrl(urlText);
  if (!parsed.ok) return down(parsed.message);
  const { url } = parsed;
  const host = plainHost(url.hostname);
  const denied = rules.denyHosts.map(plainHost);
  const allowed = rules.allowHosts.map(plainHost);
  if (denied.includes(host) || (allowed.length > 0 && !allowed.includes(host))) return down(notAllowed);
  if (isIP(host) && isForbidden(host)) return down(refusal);
  const start = performance.now();
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const lookup = guardedLookup(denied);
    const tls = tlsOf(url.href);
    let answer = await ask(url, "HEAD", signal, lookup, tls);
    if (answer.statusCode === 405 || answer.statusCode === 501)
      answer = await ask(url, "GET", signal, lookup, tls);
    return words(answer, performance.now() - start);
  } catch (error) {
    return down(reason(error as NodeJS.ErrnoException, signal));
  }
}

const notAllowed = "Not checked: this host may not be checked from the gateway.";
const refusal = "Not checked: link-local and cloud metadata addresses are refused.";

function isForbidden(address: string): boolean {
  const plain = plainAddress(address);
  return forbidden.check(plain, isIP(plain) === 6 ? "ipv6" : "ipv4");
}

/** Resolves like the system does, but hands out no forbidden address: the one connected to is the one checked. */
function guardedLookup(denied: readonly string[]): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, "");
      const refuse = (code: string) => callback(Object.assign(new Error(code), { code }), "");
      if (addresses.some(({ address }) => isForbidden(address))) return refuse("FORBIDDEN");
      // A name for a denied address is no way around the list.
      if (addresses.some(({ address }) => denied.includes(address))) return refuse("DENIED");
      if (options.all) callback(null, addresses);
      else callback(null, addresses[0]!.address, addresses[0]!.family);
    });
  };
}

function ask(
  url: URL,
  method: string,
  signal: AbortSignal,
  lookup: LookupFunction,
  tls: TlsRules,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options: RequestOptions = { method, signal, lookup, agent: false, ...tls };
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const req = send(url, options, (answer) => {
      // Only the head matters; the body may be endless.
      answer.on("error", () => {});
      answer.destroy();
      resolve(answer);
    });
    req.on("error", reject);
    req.end();
  });
}

function words(answer: IncomingMessage, elapsed: number): CheckResult {
  const status = answer.statusCode ?? 0;
  const line = `${status} ${STATUS_CODES[status] ?? answer.statusMessage ?? ""}`.trim();
  const took = `${line} in ${Math.max(1, Math.round(elapsed))} ms`;
  if (status >= 200 && status < 300) return { state: "up", message: took };
  if (status >= 300 && status < 400 && answer.headers.location) {
    return {
      state: "answers",
      message: `${took}: the server redirects to ${answer.headers.location.slice(0, 200)}`,
    };
  }
  return { state: "answers", message: `${took}: the server answers` };
}

function reason(error: NodeJS.ErrnoException, signal: AbortSignal): string {
  if (signal.aborted) return `No answer within ${TIMEOUT_MS / 1000} s`;
  const code = error.code ?? "";
  const known: Record<string, string> = {
    FORBIDDEN: refusal,
    DENIED: notAllowed,
    ECONNREFUSED: "Connection refused",
    ENOTFOUND: "Unknown host",
    EAI_AGAIN: "Unknown host (the name server does not answer)",
    EHOSTUNREACH: "Host unreachable",
    ENETUNREACH: "Network unreachable",
    ETIMEDOUT: "Connection timed out",
    ECONNRESET: "Connection closed by the server",
  };
  if (known[code]) return known[code];
  if (code.startsWith("HPE_")) return "The server does not speak HTTP";
  if (isTlsError(code)) return tlsWords(code);
  return "Connection failed";
}

function down(message: string): CheckResult {
  return { state: "down", message };
}
