import { headers } from "next/headers";
import { forbidden, redirect } from "next/navigation";
import * as z from "zod";
import { retryAfterSeconds } from "#lib/access/attemptRule";
import { readBasic } from "#lib/access/basic";
import { can, type Permission, signedOutWords, whyNot } from "#lib/access/roles";
import { PATH_FIELD } from "#lib/model/ownFields";
import { hasUsers, type UserInfo } from "#prisma/access/accounts";
import { type Trouble, troubleOf } from "#prisma/trouble";
import { isAdapterToken } from "./adapterToken";
import { addressOf } from "./caller";
import { currentUser, type SignedIn, userOf } from "./session";
import { checkBasic, checkBearer, failureStatus, type SignInFailure } from "./signIn";

/** Longest user name and password that are looked at, characters. */
const MAX_CREDENTIAL = 1_000;

export const ApiId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

export interface Failed {
  ok: false;
  kind: "failed";
  message: string;
}

export const failed = (message: string): Failed => ({ ok: false, kind: "failed", message });

/** For pages: who is not signed in is sent to sign in and comes back; whose role may not sees why. */
export async function requirePage(permission: Permission): Promise<SignedIn> {
  const user = await currentUser();
  if (!user) return redirect(await signInPath());
  if (!can(user.role, permission)) forbidden();
  return user;
}

async function signInPath(): Promise<string> {
  if (!(await hasUsers())) return "/setup";
  const path = (await headers()).get(PATH_FIELD) ?? "";
  return path === "" || path === "/" ? "/sign-in" : `/sign-in?${new URLSearchParams({ to: path })}`;
}

/** For server actions: `run` gets the user if the role may. */
export function guarded<T>(
  what: string,
  permission: Permission,
  run: (user: SignedIn) => Promise<T>,
): Promise<T | Failed> {
  return orFailed(what, async () => {
    const user = await currentUser();
    if (!user) return failed(signedOutWords);
    if (!can(user.role, permission)) return failed(whyNot(user.role, permission));
    return run(user);
  });
}

/** What goes wrong unexpectedly is logged here and told without its internals. */
export async function orFailed<T>(what: string, run: () => Promise<T>): Promise<T | Failed> {
  try {
    return await run();
  } catch (error) {
    return failed(`${logged(what, error).message} Nothing was changed.`);
  }
}

/** Writes to the log what went wrong, and hands back what to tell. */
export function logged(what: string, error: unknown): Trouble {
  const trouble = troubleOf(error);
  // Whoever sent it is told, and could fill the log otherwise.
  if (trouble.status === 400) return trouble;
  // As text: printing the object makes Next map its stack first, which takes seconds on a busy machine.
  const said = trouble.known ? trouble.message : error instanceof Error ? error.stack : error;
  console.error(`${what} failed: ${said}`);
  return trouble;
}

type RouteAccess = { ok: true; user: SignedIn } | { ok: false; response: Response };

/**
 * For route handlers: a browser's session, `Authorization: Basic` with a user's name and password, or
 * `Authorization: Bearer` with a session token of `POST /session`. That a changing request comes from our own
 * pages or from no browser at all is checked before, in publisher/frontDoor.ts.
 */
export async function requireRoute(
  request: Request,
  permission: Permission,
  options: { keepAlive?: boolean } = {},
): Promise<RouteAccess> {
  const found = await routeUser(request, options);
  if (!found.ok) return found;
  const { role } = found.user;
  if (!can(role, permission)) return { ok: false, response: refusal(403, whyNot(role, permission)) };
  return found;
}

async function routeUser(request: Request, options: { keepAlive?: boolean }): Promise<RouteAccess> {
  const authorization = request.headers.get("authorization") ?? "";
  const [scheme, value = ""] = authorization.split(/ +/, 2);
  if (scheme?.toLowerCase() === "basic") {
    const basic = readBasic(authorization, MAX_CREDENTIAL);
    if (!basic) return { ok: false, response: unauthorized(request, "Authorization is not HTTP Basic.") };
    const result = await checkBasic(
      { username: basic.name, password: basic.password },
      addressOf(request.headers),
    );
    if (result.ok) return { ok: true, user: asSignedIn(result.user) };
    if (result.kind === "wrong") return { ok: false, response: unauthorized(request, result.message) };
    return { ok: false, response: signInRefusal(result) };
  }
  if (scheme?.toLowerCase() === "bearer") {
    const user = await checkBearer(value);
    if (user) return { ok: true, user: asSignedIn(user) };
    const words = (await isAdapterToken(value))
      ? "The token has ended: log in again."
      : "The session token is unknown or has ended.";
    return { ok: false, response: unauthorized(request, words) };
  }
  const user = await userOf(request.headers, options);
  if (user) return { ok: true, user };
  return { ok: false, response: unauthorized(request, "Sign in first.") };
}

const asSignedIn = ({ id, username, role }: UserInfo): SignedIn => ({ userId: id, username, role });

/** JSON like every other answer of the route handlers: `{message}`. */
export function refusal(status: number, message: string, extra: Record<string, string> = {}): Response {
  return Response.json({ message }, { status, headers: { "cache-control": "no-store", ...extra } });
}

export function tooMany(message: string, waitMs: number): Response {
  return refusal(429, message, retryAfter(waitMs));
}

export function retryAfter(waitMs: number): { "retry-after": string } {
  return { "retry-after": retryAfterSeconds(waitMs) };
}

/** For sign-ins that are no browser's: why there is no way in now. */
export function signInRefusal({ kind, message, waitMs }: SignInFailure): Response {
  return refusal(failureStatus[kind], message, waitMs === undefined ? {} : retryAfter(waitMs));
}

/** Browsers say where a request comes from, and would open a password dialog of their own if asked. */
function unauthorized(request: Request, message: string): Response {
  const challenge = request.headers.has("sec-fetch-site")
    ? {}
    : { "www-authenticate": 'Basic realm="Sluice"' };
  return refusal(401, message, challenge as Record<string, string>);
}
