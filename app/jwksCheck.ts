import { lookup } from "node:dns";
import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { z } from "zod";
import { forbiddenNetworks, plainAddress } from "#lib/addresses";
import type { CheckResult } from "#lib/status";

const TIMEOUT_MS = 5_000;
/** As much as the gateway reads, bytes. */
const MAX_BYTES = 256 * 1024;

const forbidden = new BlockList();
for (const { address, bits, family } of forbiddenNetworks) forbidden.addSubnet(address, bits, family);

const Jwks = z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string().optional() })) });

/** Asks another issuer for its keys, from the publisher's place in the network, and says what came. */
export async function checkJwks(urlText: string): Promise<CheckResult> {
  const url = new URL(urlText);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) && isForbidden(host)) return down(refused);
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const answer = await ask(url, signal);
    const status = answer.statusCode ?? 0;
    if (status !== 200) {
      answer.destroy();
      return down(`The answer is ${status}, not 200.${status >= 300 && status < 400 ? redirects : ""}`);
    }
    return words(await bodyOf(answer));
  } catch (error) {
    return down(reason(error as NodeJS.ErrnoException, signal));
  }
}

const refused = "Not checked: link-local and cloud metadata addresses are refused.";
const redirects = " Redirects are not followed: enter the address that it leads to.";

function isForbidden(address: string): boolean {
  const plain = plainAddress(address);
  return forbidden.check(plain, isIP(plain) === 6 ? "ipv6" : "ipv4");
}

/** Hands out no forbidden address, so that the one that is connected to is the one that was looked at. */
const guarded: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, "");
    if (addresses.some(({ address }) => isForbidden(address)))
      return callback(Object.assign(new Error("forbidden"), { code: "FORBIDDEN" }), "");
    if (options.all) callback(null, addresses);
    else callback(null, addresses[0]!.address, addresses[0]!.family);
  });
};

function ask(url: URL, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const headers = { accept: "application/json" };
    const req = send(url, { signal, lookup: guarded, agent: false, headers }, resolve);
    req.on("error", reject);
    req.end();
  });
}

async function bodyOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BYTES) throw Object.assign(new Error("large"), { code: "LARGE" });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function words(text: string): CheckResult {
  const document = Jwks.safeParse(json(text));
  if (!document.success) return down("The answer is no key set (JWKS).");
  const { keys } = document.data;
  const usable = keys.filter((key) => key.kty === "RSA" || (key.kty === "EC" && key.crv === "P-256"));
  if (usable.length === 0)
    return down("The key set has no key for RS256 or ES256, so no token could be checked.");
  const count = usable.length === 1 ? "1 key" : `${usable.length} keys`;
  return { state: "up", message: `${count} that tokens can be checked with.` };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function reason(error: NodeJS.ErrnoException, signal: AbortSignal): string {
  if (signal.aborted) return `No answer within ${TIMEOUT_MS / 1_000} s`;
  const code = error.code ?? "";
  const known: Record<string, string> = {
    FORBIDDEN: refused,
    LARGE: `The answer is larger than ${MAX_BYTES / 1024} KiB.`,
    ECONNREFUSED: "Connection refused",
    ENOTFOUND: "Unknown host",
    EAI_AGAIN: "Unknown host (the name server does not answer)",
    ECONNRESET: "Connection closed by the server",
  };
  if (known[code]) return known[code];
  if (/CERT|SIGNATURE|SSL|TLS/.test(code)) return `The server's certificate is not trusted (${code}).`;
  return code.startsWith("HPE_") ? "The server does not speak HTTP" : "Connection failed";
}

function down(message: string): CheckResult {
  return { state: "down", message };
}
