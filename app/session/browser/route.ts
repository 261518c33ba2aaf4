import { Credentials } from "#lib/access/users";
import { answering } from "../../_server/answering";
import { failed, orFailed, refusal } from "../../_server/guard";
import { readJson } from "../../_server/readJson";
import { callerAddress, setSessionCookie } from "../../_server/session";
import { signIn } from "../../_server/signIn";

const ASKED = { maxBytes: 4_000, words: "Enter a user name and a password." };

/**
 * Signs a browser in with `{username, password}`: sets the cookie, and gives no token to scripts. No server action, whose
 * answer brings the page anew and has not ended when the next page is asked for. A wrong password is an answer as
 * well: of any other status a browser writes to its console.
 */
export const POST = answering(async (request: Request) => {
  const read = await readJson(request, Credentials, ASKED);
  if (!read.ok) return refusal(read.status, read.message);
  const answer = await orFailed("Signing in", async () => {
    const result = await signIn(read.body, await callerAddress());
    if (!result.ok) return failed(result.message);
    await setSessionCookie(result.cookie);
    return { ok: true as const };
  });
  return Response.json(answer, { headers: { "cache-control": "no-store" } });
});
