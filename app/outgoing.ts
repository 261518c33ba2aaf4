import { lookup } from "node:dns";
import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { forbiddenNetworks, plainAddress, plainHost } from "#lib/addresses";
import { environment } from "./environment";

/** What the publisher asks others for in somebody's name: bounded, and never addresses that are not theirs to ask. */

const forbidden = new BlockList();
for (const { address, bits, family } of forbiddenNetworks) forbidden.addSubnet(address, bits, family);

export interface Bounds {
  /** Until the last byte, ms. */
  timeoutMs: number;
  maxBytes: number;
  accept: string;
}

/** The body of a 200, or one sentence that says why there is none. Redirects are told, not followed. */
export async function download(
  url: URL,
  bounds: Bounds,
): Promise<{ ok: true; bytes: Buffer } | { ok: false; message: string }> {
  const host = plainHost(url.hostname);
  const { allowed, denied } = hosts();
  const fail = (message: string) => ({ ok: false as const, message });
  if (denied.includes(host) || (allowed.length > 0 && !allowed.includes(host)))
    return fail("This host may not be asked from here.");
  if (isIP(host) && isForbidden(host)) return fail(refused);
  const signal = AbortSignal.timeout(bounds.timeoutMs);
  try {
    const answer = await ask(url, signal, bounds.accept, denied);
    const status = answer.statusCode ?? 0;
    if (status === 200) return { ok: true, bytes: await bodyOf(answer, bounds.maxBytes) };
    answer.destroy();
    return fail(`The answer is ${status}, not 200.${status >= 300 && status < 400 ? redirects : ""}`);
  } catch (error) {
    return fail(reason(error as NodeJS.ErrnoException, signal, bounds));
  }
}

const refused = "Link-local and cloud metadata addresses are refused.";
const redirects = " Redirects are not followed: enter the address that it leads to.";

/** The lists that the gateway goes by for endpoint checks. */
function hosts(): { allowed: string[]; denied: string[] } {
  const { CHECK_ALLOW_HOSTS, CHECK_DENY_HOSTS } = environment();
  return { allowed: CHECK_ALLOW_HOSTS.map(plainHost), denied: CHECK_DENY_HOSTS.map(plainHost) };
}

function isForbidden(address: string): boolean {
  const plain = plainAddress(address);
  return forbidden.check(plain, isIP(plain) === 6 ? "ipv6" : "ipv4");
}

/** Hands out no forbidden address, so that the one that is connected to is the one that was looked at. */
function guarded(denied: readonly string[]): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, "");
      if (addresses.some(({ address }) => isForbidden(address) || denied.includes(address)))
        return callback(Object.assign(new Error("forbidden"), { code: "FORBIDDEN" }), "");
      if (options.all) callback(null, addresses);
      else callback(null, addresses[0]!.address, addresses[0]!.family);
    });
  };
}

function ask(url: URL, signal: AbortSignal, accept: string, denied: string[]): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const options = { signal, lookup: guarded(denied), agent: false, headers: { accept } };
    const req = send(url, options, resolve);
    req.on("error", reject);
    req.end();
  });
}

async function bodyOf(answer: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw Object.assign(new Error("large"), { code: "LARGE" });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function reason(error: NodeJS.ErrnoException, signal: AbortSignal, { timeoutMs, maxBytes }: Bounds): string {
  if (signal.aborted) return `No answer within ${timeoutMs / 1_000} s`;
  const code = error.code ?? "";
  const kib = maxBytes / 1024;
  const known: Record<string, string> = {
    FORBIDDEN: refused,
    LARGE: `The answer is larger than ${kib >= 1024 ? `${kib / 1024} MiB` : `${kib} KiB`}.`,
    ECONNREFUSED: "Connection refused",
    ENOTFOUND: "Unknown host",
    EAI_AGAIN: "Unknown host (the name server does not answer)",
    ECONNRESET: "Connection closed by the server",
  };
  if (known[code]) return known[code];
  if (/CERT|SIGNATURE|SSL|TLS/.test(code)) return `The server's certificate is not trusted (${code}).`;
  return code.startsWith("HPE_") ? "The server does not speak HTTP" : "Connection failed";
}
