import type { LookupAddress } from "node:dns";
import { type IncomingMessage, type RequestOptions, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { forbiddenNetworks, plainAddress, plainHost } from "./addresses";
import { readBody } from "./body";
import { lookupName } from "./names";
import { socketWords } from "./socketWords";
import { type TlsRules, tlsNameOf } from "./trust";

/**
 * What either process asks others for in somebody's name: bounded, and never addresses that are not theirs to ask.
 * Redirects are told, not followed, because the person named this address and no other.
 */

const forbidden = new BlockList();
for (const { address, bits, family } of forbiddenNetworks) forbidden.addSubnet(address, bits, family);

/** Hosts beside the forbidden networks. */
export interface HostRules {
  /** Empty: all that are not denied. */
  allowHosts: readonly string[];
  denyHosts: readonly string[];
}

export interface OutgoingRules {
  hosts: HostRules;
  /** How the server's certificate is checked. */
  tls: TlsRules;
}

export interface Bounds {
  /** Until the last byte, ms. */
  timeoutMs: number;
  maxBytes: number;
}

/** Codes of errors of our own, beside those of node. */
type OwnCode = "FORBIDDEN" | "DENIED" | "TOO_LARGE";

const failure = (code: OwnCode) => Object.assign(new Error(code), { code });

/**
 * The lookup that connections to a URL go through; throws where its host may not be asked at all. It hands out no
 * forbidden address, so that the one connected to is the one that was looked at.
 */
export function guard(url: URL, { allowHosts, denyHosts }: HostRules): LookupFunction {
  const host = plainHost(url.hostname);
  const denied = denyHosts.map(plainHost);
  const allowed = allowHosts.map(plainHost);
  if (denied.includes(host) || (allowed.length > 0 && !allowed.includes(host))) throw failure("DENIED");
  if (isIP(host) && isForbidden(host)) throw failure("FORBIDDEN");
  return (hostname, options, callback) => {
    lookupName(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, "");
      const addresses = found as LookupAddress[];
      if (addresses.some(({ address }) => isForbidden(address))) return callback(failure("FORBIDDEN"), "");
      // A name for a denied address is no way around the list.
      if (addresses.some(({ address }) => denied.includes(plainAddress(address))))
        return callback(failure("DENIED"), "");
      if (options.all) callback(null, addresses);
      else callback(null, addresses[0]!.address, addresses[0]!.family);
    });
  };
}

function isForbidden(address: string): boolean {
  const plain = plainAddress(address);
  return forbidden.check(plain, isIP(plain) === 6 ? "ipv6" : "ipv4");
}

export interface Asked {
  method: string;
  headers?: RequestOptions["headers"];
  body?: string;
  signal: AbortSignal;
}

/** One request on a connection of its own; rejects with an error whose code `outgoingWords` knows. */
export async function ask(url: URL, asked: Asked, { hosts, tls }: OutgoingRules): Promise<IncomingMessage> {
  const { body, ...rest } = asked;
  const servername = tlsNameOf(url.hostname);
  const options = { ...rest, lookup: guard(url, hosts), agent: false, servername, ...tls };
  return new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const req = send(url, options, resolve);
    req.on("error", reject);
    req.end(body);
  });
}

/** The body of an answer; rejects when it is larger. */
export async function bodyOf(answer: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const body = await readBody(answer, maxBytes);
  if (!body) throw failure("TOO_LARGE");
  return body;
}

/** The body of a 200, or one sentence that says why there is none. Never rejects. */
export async function download(
  url: URL,
  { accept, ...bounds }: Bounds & { accept: string },
  rules: OutgoingRules,
): Promise<{ ok: true; bytes: Buffer } | { ok: false; message: string }> {
  const signal = AbortSignal.timeout(bounds.timeoutMs);
  try {
    // Some servers refuse whoever does not say what they are.
    const headers = { accept, "user-agent": "sluice" };
    const answer = await ask(url, { method: "GET", headers, signal }, rules);
    const status = answer.statusCode ?? 0;
    if (status === 200) return { ok: true, bytes: await bodyOf(answer, bounds.maxBytes) };
    answer.destroy();
    const redirected = status >= 300 && status < 400 ? redirects : "";
    return { ok: false, message: `The answer is ${status}, not 200.${redirected}` };
  } catch (error) {
    return { ok: false, message: outgoingWords(error, signal, bounds) };
  }
}

const redirects = " Redirects are not followed: enter the address that it leads to.";

/** Why a request got no answer, in words for people. */
export function outgoingWords(error: unknown, signal: AbortSignal, { timeoutMs, maxBytes }: Bounds): string {
  if (signal.aborted) return `No answer within ${timeoutMs / 1_000} s`;
  const code = (error as NodeJS.ErrnoException).code ?? "";
  const kib = maxBytes / 1024;
  const known: Record<string, string> = {
    DENIED: "This host may not be asked from here.",
    FORBIDDEN: "Link-local and cloud metadata addresses are refused.",
    TOO_LARGE: `The answer is larger than ${kib >= 1024 ? `${kib / 1024} MiB` : `${kib} KiB`}.`,
  };
  return known[code] ?? capitalized(socketWords(code));
}

const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
