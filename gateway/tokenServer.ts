import { type IncomingMessage, type RequestOptions, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { z } from "zod";
import type { OAuth2 } from "#lib/endpointSecurity";
import { isTlsError, type TlsRules, tlsWords } from "./trust";

/** A token server that takes longer is given up, ms. */
const TIMEOUT_MS = 5_000;
/** Largest answer that is read, bytes. */
const MAX_BYTES = 64 * 1024;
/** A token whose server does not say how long it lasts is used this long, s: short, as it may end any time. */
const DEFAULT_LIFE_S = 300;

/** What is sent to a token server, with its secrets. */
export interface TokenRequest
  extends Pick<OAuth2, "grant" | "tokenUrl" | "clientId" | "scopes" | "clientIn"> {
  clientSecret: string;
  username: string;
  password: string;
}

export type TokenAnswer = { ok: true; token: string; lifeMs: number } | { ok: false; words: string };

const Answer = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]{1,16000}$/),
  token_type: z.string().optional(),
  expires_in: z.coerce.number().positive().max(10_000_000).optional().catch(undefined),
});

/** Gets a token (RFC 6749, 4.3 and 4.4). Never rejects; `words` hold nothing secret. */
export async function fetchToken(asked: TokenRequest, tls: TlsRules): Promise<TokenAnswer> {
  try {
    const { status, body } = await post(asked, tls);
    if (status !== 200) return { ok: false, words: refusal(status, body) };
    const parsed = Answer.safeParse(json(body));
    if (!parsed.success) return { ok: false, words: "the token server's answer holds no token" };
    const { access_token: token, token_type: type = "Bearer", expires_in: life } = parsed.data;
    if (type.toLowerCase() !== "bearer")
      return { ok: false, words: "the token server's token is no bearer token" };
    return { ok: true, token, lifeMs: (life ?? DEFAULT_LIFE_S) * 1000 };
  } catch (error) {
    return { ok: false, words: `token server: ${reason(error as NodeJS.ErrnoException)}` };
  }
}

function post(asked: TokenRequest, tls: TlsRules): Promise<{ status: number; body: string }> {
  const url = new URL(asked.tokenUrl);
  const form = formOf(asked);
  const headers: Record<string, string | number> = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Content-Length": Buffer.byteLength(form),
    Accept: "application/json",
    "User-Agent": "sluice",
  };
  if (asked.clientIn === "header") headers.Authorization = clientHeader(asked);
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  return new Promise((resolve, reject) => {
    const options: RequestOptions = { method: "POST", headers, agent: false, signal, ...tls };
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const req = send(url, options, (res) => {
      read(res).then((body) => resolve({ status: res.statusCode ?? 0, body }), reject);
    });
    req.on("error", reject);
    req.end(form);
  });
}

function formOf(asked: TokenRequest): string {
  const password = asked.grant === "password";
  const form = new URLSearchParams({ grant_type: password ? "password" : "client_credentials" });
  if (password) {
    form.set("username", asked.username);
    form.set("password", asked.password);
  }
  if (asked.scopes.trim() !== "") form.set("scope", asked.scopes.trim().replace(/\s+/g, " "));
  if (asked.clientIn === "body") {
    form.set("client_id", asked.clientId);
    form.set("client_secret", asked.clientSecret);
  }
  return form.toString();
}

/** Both parts are form-encoded before they are joined (RFC 6749, 2.3.1). */
function clientHeader({ clientId, clientSecret }: TokenRequest): string {
  const encode = (text: string) => new URLSearchParams({ v: text }).toString().slice(2);
  return `Basic ${Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString("base64")}`;
}

async function read(res: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of res as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BYTES) throw Object.assign(new Error("too large"), { code: "TOO_LARGE" });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** With the error's name (RFC 6749, 5.2), which is one of a few words; never with its description. */
function refusal(status: number, body: string): string {
  const { error } = (json(body) ?? {}) as { error?: unknown };
  const name = typeof error === "string" && /^[a-z_]{1,40}$/.test(error) ? ` (${error})` : "";
  return `the token server answered ${status}${name}`;
}

function reason({ code = "", name }: NodeJS.ErrnoException): string {
  if (name === "AbortError" || name === "TimeoutError") return "no answer in time";
  if (code === "ECONNREFUSED") return "connection refused";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "unknown host";
  if (code === "TOO_LARGE") return "its answer is too large";
  return isTlsError(code) ? tlsWords(code) : "connection failed";
}
