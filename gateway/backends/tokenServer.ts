import * as z from "zod";
import { basicHeader } from "#lib/access/basic";
import type { OAuth2 } from "#lib/edit/endpointSecurity";
import { tokenParameters } from "#lib/edit/tokenParameters";
import { parseJson } from "#lib/node/body";
import { ask, bodyOf, type OutgoingRules, outgoingWords } from "#lib/node/outgoing";

/** A token server that takes longer is given up, ms. */
const TIMEOUT_MS = 5_000;
/** Largest answer that is read, bytes. */
const MAX_BYTES = 64 * 1024;
/** A token whose server does not say how long it lasts is used this long, s: short, as it may end any time. */
const DEFAULT_LIFE_S = 300;

/** What is sent to a token server, with its secrets. */
export interface TokenRequest
  extends Pick<OAuth2, "grant" | "tokenUrl" | "clientId" | "scopes" | "clientIn" | "parameters"> {
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
export async function fetchToken(asked: TokenRequest, rules: OutgoingRules): Promise<TokenAnswer> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const { status, body } = await post(asked, signal, rules);
    if (status !== 200) return { ok: false, words: refusal(status, body) };
    const parsed = Answer.safeParse(parseJson(body));
    if (!parsed.success) return { ok: false, words: "the token server's answer holds no token" };
    const { access_token: token, token_type: type = "Bearer", expires_in: life } = parsed.data;
    if (type.toLowerCase() !== "bearer")
      return { ok: false, words: "the token server's token is no bearer token" };
    return { ok: true, token, lifeMs: (life ?? DEFAULT_LIFE_S) * 1000 };
  } catch (error) {
    return { ok: false, words: `token server: ${reason(error as NodeJS.ErrnoException, signal)}` };
  }
}

async function post(
  asked: TokenRequest,
  signal: AbortSignal,
  rules: OutgoingRules,
): Promise<{ status: number; body: string }> {
  const form = formOf(asked);
  const headers: Record<string, string | number> = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Content-Length": Buffer.byteLength(form),
    Accept: "application/json",
    "User-Agent": "sluice",
  };
  if (asked.clientIn === "header") headers.Authorization = clientHeader(asked);
  const answer = await ask(new URL(asked.tokenUrl), { method: "POST", headers, body: form, signal }, rules);
  return { status: answer.statusCode ?? 0, body: (await bodyOf(answer, MAX_BYTES)).toString() };
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
  for (const [name, value] of tokenParameters(asked.parameters)) form.append(name, value);
  return form.toString();
}

/** Both parts are form-encoded before they are joined (RFC 6749, 2.3.1). */
function clientHeader({ clientId, clientSecret }: TokenRequest): string {
  const encode = (text: string) => new URLSearchParams({ v: text }).toString().slice(2);
  return basicHeader(encode(clientId), encode(clientSecret));
}

/** With the error's name (RFC 6749, 5.2), which is one of a few words; never with its description. */
function refusal(status: number, body: string): string {
  const { error } = (parseJson(body) ?? {}) as { error?: unknown };
  const name = typeof error === "string" && /^[a-z_]{1,40}$/.test(error) ? ` (${error})` : "";
  return `the token server answered ${status}${name}`;
}

/** In the middle of a sentence. */
function reason(error: NodeJS.ErrnoException, signal: AbortSignal): string {
  const words = outgoingWords(error, signal, { timeoutMs: TIMEOUT_MS, maxBytes: MAX_BYTES });
  return words.replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase()).replace(/\.$/, "");
}
