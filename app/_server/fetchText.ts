import * as z from "zod";
import { waitWords } from "#lib/access/attemptRule";
import { attempts } from "./limiter";
import { download } from "./outgoingRules";

/** As for endpoint checks: enough for people, too few for looking around in a network. */
const FETCHES = { limit: 30, windowMs: 60_000 };
const BOUNDS = {
  timeoutMs: 20_000,
  maxBytes: 10 * 1024 * 1024,
  accept: "application/yaml, application/json, text/yaml, */*",
};

const HttpUrl = z.url({
  protocol: /^https?$/,
  error: "Enter a URL such as https://example.com/openapi.yaml.",
});

export type Fetched =
  | { ok: true; text: string; address: string }
  | { ok: false; status: 400 | 429; message: string };

/** The text at a URL that a user names, or one sentence that says why there is none. */
export async function fetchText(input: unknown, userId: string): Promise<Fetched> {
  const refuse = (message: string, status: 400 | 429 = 400) => ({ ok: false as const, status, message });
  const parsed = HttpUrl.safeParse(typeof input === "string" ? input.trim() : input);
  if (!parsed.success) return refuse(parsed.error.issues[0]?.message ?? "This is not a URL.");
  const url = new URL(parsed.data);
  if (url.username || url.password) return refuse("A URL must not contain a user name or a password.");
  const taken = await attempts().take({ [`fetch:${userId}`]: FETCHES });
  if (!taken.ok) return refuse(`Too many fetches. Try again in ${waitWords(taken.waitMs)}.`, 429);
  const answer = await download(url, BOUNDS);
  if (!answer.ok) return refuse(`${url.href} could not be fetched: ${answer.message}`);
  return { ok: true, text: answer.bytes.toString("utf8"), address: url.href };
}
