import { lookup } from "node:dns";
import { type IncomingMessage, type RequestOptions, request as requestHttp, STATUS_CODES } from "node:http";
import { request as requestHttps } from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";
import type { CheckResult } from "#lib/status";
import { parseEndpointUrl } from "#lib/url";

/** "Check endpoint status" gives up after this long, ms. */
const TIMEOUT_MS = 3_000;

/**
 * Addresses that are never asked: link-local ones, which is where clouds keep the credentials of the
 * machine, and the metadata services that live elsewhere (AWS and Google over IPv6, Alibaba, Oracle).
 */
const forbidden = new BlockList();
forbidden.addSubnet("169.254.0.0", 16, "ipv4");
forbidden.addSubnet("fe80::", 10, "ipv6");
forbidden.addAddress("fd00:ec2::254", "ipv6");
forbidden.addAddress("fd20:ce::254", "ipv6");
// The same IPv4 addresses behind a translator from IPv6 (RFC 6052).
forbidden.addSubnet("64:ff9b::169.254.0.0", 112, "ipv6");
forbidden.addAddress("64:ff9b::100.100.100.200", "ipv6");
forbidden.addAddress("100.100.100.200", "ipv4");
forbidden.addAddress("192.0.0.192", "ipv4");

export interface CheckRules {
  allowHosts: readonly string[];
  denyHosts: readonly string[];
}

/** Asks a backend from the gateway's place in the network: HEAD, then GET where HEAD is not known. */
export async function checkEndpoint(urlText: string, rules: CheckRules): Promise<CheckResult> {
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
    let answer = await ask(url, "HEAD", signal, lookup);
    if (answer.statusCode === 405 || answer.statusCode === 501)
      answer = await ask(url, "GET", signal, lookup);
    return words(answer, performance.now() - start);
  } catch (error) {
    return down(reason(error as NodeJS.ErrnoException, signal));
  }
}

const notAllowed = "Not checked: this host may not be checked from the gateway.";
const refusal = "Not checked: link-local and cloud metadata addresses are refused.";

/** One spelling per host: no brackets, lower case, no dot at the end. */
function plainHost(host: string): string {
  return host
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "")
    .toLowerCase();
}

function isForbidden(address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "");
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
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options: RequestOptions = { method, signal, lookup, agent: false };
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
  if (/CERT|TLS|SSL|SIGNATURE|SELF_SIGNED|EPROTO/.test(code)) return `TLS: ${error.message.split("\n")[0]}`;
  return "Connection failed";
}

function down(message: string): CheckResult {
  return { state: "down", message };
}
