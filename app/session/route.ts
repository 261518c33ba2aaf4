import { Credentials } from "#lib/access/users";
import * as users from "#prisma/access/accounts";
import { answering } from "../_server/answering";
import { refusal, signInRefusal } from "../_server/guard";
import { readJson } from "../_server/readJson";
import { callerAddress, endSession, setSessionCookie, userOf } from "../_server/session";
import { signIn } from "../_server/signIn";

const ASKED = { maxBytes: 4_000, words: "Send {username, password} as JSON." };

/** Signs in with `{username, password}`: answers a token for `Authorization: Bearer` and sets the cookie. */
export const POST = answering(async (request: Request) => {
  const read = await readJson(request, Credentials, ASKED);
  if (!read.ok) return refusal(read.status, read.message);
  const result = await signIn(read.body, await callerAddress());
  if (!result.ok) return signInRefusal(result);
  await setSessionCookie(result.cookie);
  return Response.json({ token: result.token }, { headers: { "cache-control": "no-store" } });
});

/** Who is signed in in the browser; null for nobody, which is an answer to pages that wait for a new session. */
export const GET = answering(async (request: Request) => {
  const user = await userOf(request.headers, { keepAlive: false });
  const me = user && { username: user.username, role: user.role };
  return Response.json(me, { headers: { "cache-control": "no-store" } });
});

/** Ends the session of the token, or the browser's. */
export const DELETE = answering(async (request: Request) => {
  const token = /^bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  if (token) await users.endSession(token, new Date());
  else await endSession();
  return new Response(null, { status: 204 });
});
