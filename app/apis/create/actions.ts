"use server";
import { z } from "zod";
import { waitWords } from "#lib/access/attemptRule";
import { failed, guarded } from "../../_server/guard";
import { attempts } from "../../_server/limiter";
import { download } from "../../_server/outgoingRules";

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

/** The text at a URL, fetched from the publisher's place in the network. */
export async function fetchDefinition(input: unknown) {
  return guarded("Fetching a definition", "api.edit", async (user) => {
    const parsed = HttpUrl.safeParse(typeof input === "string" ? input.trim() : input);
    if (!parsed.success) return failed(parsed.error.issues[0]?.message ?? "This is not a URL.");
    const url = new URL(parsed.data);
    if (url.username || url.password) return failed("A URL must not contain a user name or a password.");
    const taken = await attempts().take({ [`fetch:${user.userId}`]: FETCHES });
    if (!taken.ok) return failed(`Too many fetches. Try again in ${waitWords(taken.waitMs)}.`);
    const answer = await download(url, BOUNDS);
    if (!answer.ok) return failed(`${url.href} could not be fetched: ${answer.message}`);
    return { ok: true as const, text: answer.bytes.toString("utf8") };
  });
}
