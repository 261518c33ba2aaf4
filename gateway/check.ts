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
 * machine, and the metadata services that live elsewhere (AWS over IPv6, Alibaba, Oracle).
 */
const forbidden = new BlockList();
forbidden.addSubnet("169.254.0.0", 16, "ipv4");
forbidden.addSubnet("fe80::", 10, "ipv6");
forbidden.addAddress("fd00:ec2::254", "ipv6");
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
  const host = url.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  if (rules.denyHosts.includes(host) || (rules.allowHosts.length > 0 && !rules.allowHosts.includes(host))) {
    return down("Not checked: this host may not be checked from the gateway.");
  }
  if (isIP(host) && isForbidden(host)) return down(refusal);
  const start = performance.now();
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    let answer = await ask(url, "HEAD", signal);
    if (answer.statusCode === 405 || answer.statusCode === 501) answer = await ask(url, "GET", signal);
    return words(answer, performance.now() - start);
  } catch (error) {
    return down(reason(error as NodeJS.ErrnoException, signal));
  }
}

const refusal = "Not checked: link-local and cloud metadata addresses are refused.";

function isForbidden(address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "");
  return forbidden.check(plain, isIP(plain) === 6 ? "ipv6" : "ipv4");
}

/** Resolves like the system does, but hands out no forbidden address: the one connected to is the one checked. */
const guardedLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, "");
    if (addresses.some(({ address }) => isForbidden(address))) {
      return callback(Object.assign(new Error(refusal), { code: "FORBIDDEN" }), "");
    }
    if (options.all) callback(null, addresses);
    else callback(null, addresses[0]!.address, addresses[0]!.family);
  });
};

function ask(url: URL, method: string, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options: RequestOptions = { method, signal, lookup: guardedLookup, agent: false };
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
