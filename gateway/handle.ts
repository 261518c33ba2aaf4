import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { httpMethods } from "#lib/api";
import type { KeyType } from "#lib/endpoints";
import { refusalOf } from "#lib/tokens";
import * as answers from "./answers";
import type { AuthResult } from "./auth";
import { type Admission, Call } from "./call";
import type { GatewayContext } from "./context";
import type { Group } from "./group";
import {
  askedHeader,
  clientAddress,
  peer,
  type RequestHeaders,
  readRequestHeaders,
  wellFormedRequestId,
} from "./headers";
import { findApi, type Route, type RuntimeApi } from "./snapshot";
import { soapOf } from "./soap";
import { MAX_TARGET, parseTarget } from "./target";
import { TEST_KEY_PATH } from "./testkey";

/** Most header fields of a request. */
const MAX_FIELDS = 100;

/** What one request is let in with, or what it is answered instead. */
export type Admitted =
  | {
      ok: true;
      api: RuntimeApi;
      route: Route;
      group: Group;
      keyType: KeyType;
      /** Who calls, as the access log names it; "" where no token is needed. */
      consumer: string;
      pathAndQuery: string;
    }
  | { ok: false; answer: answers.Answer /** Null when no API was found. */; api: RuntimeApi | null };

/** The listener for requests. Everything up to the first attempt is synchronous, but for a token that is new. */
export function requestHandler(context: GatewayContext, tls: boolean) {
  return (req: IncomingMessage, res: ServerResponse): void => {
    if (answers.isClosing(req.socket)) return;
    const start = performance.now();
    const headers = readRequestHeaders(req.rawHeaders);
    const secure = tls || cameSecurely(context, req, headers);
    const requestId = requestIdFor(headers);
    const admission: Admission = { context, req, res, headers, requestId, secure, start };
    try {
      if (isForTestKey(admission)) {
        context.testKeys!.answer(admission).then(
          (found) => answerTestKey(admission, found),
          (error: unknown) => failed(admission, error),
        );
        return;
      }
      const admitted = admit(context, req, headers, secure);
      if (admitted instanceof Promise) {
        admitted.then((found) => enter(admission, found)).catch((error: unknown) => failed(admission, error));
      } else enter(admission, admitted);
    } catch (error) {
      failed(admission, error);
    }
  };
}

function enter(admission: Admission, admitted: Admitted): void {
  const { context, req, res, headers, requestId, start } = admission;
  if (!admitted.ok) refuseWith(admission, admitted.answer, admitted.api);
  // The caller may have left while its token was verified.
  else if (res.destroyed) refused(context, req, headers, requestId, 0, start, admitted.api);
  else new Call(admission, admitted).start();
}

function refuseWith(admission: Admission, answer: answers.Answer, api: RuntimeApi | null): void {
  const { context, req, res, headers, requestId, start } = admission;
  answers.send(res, answer, requestId, soapOf(headers));
  refused(context, req, headers, requestId, answer.status, start, api);
}

/** The body is the token and nothing else, so that a shell can take it as it is. */
function answerTestKey(admission: Admission, found: string | answers.Answer): void {
  if (typeof found !== "string") {
    refuseWith(admission, found, null);
    return;
  }
  const { context, req, res, headers, requestId, start } = admission;
  res.writeHead(200, {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": found.length,
    "Cache-Control": "no-store",
    "X-Request-ID": requestId,
  });
  res.end(found);
  refused(context, req, headers, requestId, 200, start, null);
}

function failed(admission: Admission, error: unknown): void {
  console.error(`Request ${admission.requestId}:`, error);
  if (!admission.res.headersSent) refuseWith(admission, answers.internalError, null);
}

/** The one path of our own. An API that is deployed there (a default version without a segment more) goes first. */
function isForTestKey({ context, req }: Admission): boolean {
  if (req.url !== TEST_KEY_PATH || req.method !== "POST" || !context.testKeys) return false;
  return findApi(context.snapshot(), TEST_KEY_PATH) === undefined;
}

/** Match, authenticate, choose the group by key type (DESIGN.md rule 4). Upgrades pass the same way. */
export function admit(
  context: GatewayContext,
  req: IncomingMessage,
  headers: RequestHeaders,
  secure: boolean,
): Admitted | Promise<Admitted> {
  if (headers.problem) return refuse(answers.malformed(headers.problem));
  if (req.rawHeaders.length > 2 * MAX_FIELDS) {
    return refuse({
      ...answers.malformed(`A request has at most ${MAX_FIELDS} header fields.`),
      status: 431,
    });
  }
  const url = req.url!;
  if (url.length > MAX_TARGET) {
    return refuse({ ...answers.malformed(`A request target has at most ${MAX_TARGET} bytes.`), status: 414 });
  }
  if (headers.chunked && req.httpVersionMinor === 0) {
    return refuse(answers.malformed("HTTP/1.0 has no Transfer-Encoding."));
  }
  const target = parseTarget(url, req.socket.localAddress);
  if (!target.ok) return refuse(answers.malformed(target.problem));
  const api = findApi(context.snapshot(), target.path);
  if (!api) return refuse(answers.unknownContext);
  const { transports } = api.definition;
  if (!(secure ? transports.https : transports.http)) return refuse(answers.otherTransport(secure), api);
  const path = api.resourcePath(target.path);
  const match = api.find(req.method!, path);
  if (match.kind === "none") return refuse(forBrowsers(api, headers, answers.unknownResource), api);
  if (match.kind === "otherMethod") return refuse(optionsOr405(req, headers, match.allow, api), api);
  const { route } = match;
  const pathAndQuery = path + target.query;
  if (api.definition.security.kind === "none" || !route.resource.secured) {
    return open(api, route, pathAndQuery);
  }
  if (isPreflight(req)) {
    // A browser asks without a token; what the API does not answer itself its backend has to.
    const declared = httpMethods.filter((method) => api.find(method, path).kind === "found");
    if (api.cors) return refuse(optionsOr405(req, headers, declared, api), api);
    return open(api, route, pathAndQuery);
  }
  const found = context.auth.authenticate(headers, api, route);
  return found instanceof Promise
    ? found.then((auth) => authenticated(auth, api, route, headers, pathAndQuery))
    : authenticated(found, api, route, headers, pathAndQuery);
}

/** Where no token is needed: production, else sandbox. */
function open(api: RuntimeApi, route: Route, pathAndQuery: string): Admitted {
  const keyType = route.groups.production ? "production" : "sandbox";
  const group = route.groups[keyType];
  if (!group) {
    return refuse(answers.unauthorized(refusalOf({ kind: "noEndpoint", keyType: "production" })), api);
  }
  return { ok: true, api, route, group, keyType, consumer: "", pathAndQuery };
}

/** The group of the token's key type, never the other one. */
function authenticated(
  found: AuthResult,
  api: RuntimeApi,
  route: Route,
  headers: RequestHeaders,
  pathAndQuery: string,
): Admitted {
  if (found.kind !== "token") {
    return refuse(forBrowsers(api, headers, answers.unauthorized(refusalOf(found))), api);
  }
  const { keyType, consumer } = found;
  const group = route.groups[keyType];
  if (group) return { ok: true, api, route, group, keyType, consumer, pathAndQuery };
  const answer = answers.unauthorized(refusalOf({ kind: "noEndpoint", keyType }));
  return refuse(forBrowsers(api, headers, answer), api);
}

/** With CORS on, a page of another origin may read a refusal too. */
function forBrowsers(api: RuntimeApi, headers: RequestHeaders, answer: answers.Answer): answers.Answer {
  if (!api.cors) return answer;
  return { ...answer, headers: { ...answer.headers, ...api.cors.answer(askedHeader(headers, "origin")) } };
}

/** Whether a proxy in front, which is trusted, took the request over TLS. */
export function cameSecurely(
  context: GatewayContext,
  req: IncomingMessage,
  headers: RequestHeaders,
): boolean {
  return headers.forwardedProto === "https" && peer(req.socket, context.trusted).trusted;
}

/** Undeclared OPTIONS says what is allowed (spec/gateway.md section 1). */
function optionsOr405(
  req: IncomingMessage,
  headers: RequestHeaders,
  allow: readonly string[],
  api: RuntimeApi,
): answers.Answer {
  const all = allow.includes("OPTIONS") ? allow : [...allow, "OPTIONS"];
  if (req.method !== "OPTIONS") return forBrowsers(api, headers, answers.methodNotAllowed(all));
  return answers.allowed(all, isPreflight(req) ? api.cors?.preflight(req.headers.origin!) : undefined);
}

/** A browser asks whether it may send the request proper (Fetch standard, section 3.3.2). */
function isPreflight({ method, headers }: IncomingMessage): boolean {
  return (
    method === "OPTIONS" &&
    headers.origin !== undefined &&
    headers["access-control-request-method"] !== undefined
  );
}

function refuse(answer: answers.Answer, api: RuntimeApi | null = null): Admitted {
  return { ok: false, answer, api };
}

/** Records a request that never became a call: metrics, access log. `api` is null where none was found. */
export function refused(
  context: GatewayContext,
  req: Pick<IncomingMessage, "method" | "url" | "socket">,
  headers: RequestHeaders,
  requestId: string,
  status: number,
  start: number,
  api: RuntimeApi | null,
): void {
  const ms = Math.round((performance.now() - start) * 100) / 100;
  if (api) api.refusals.record(status, ms, 0);
  else context.metrics.recordUnrouted(status);
  context.log?.write({
    requestId,
    method: req.method ?? "",
    path: (req.url ?? "").split("?", 1)[0]!,
    status,
    ms,
    client: clientAddress(peer(req.socket, context.trusted), headers, context.trusted),
    about: api?.aboutRefusals,
  });
}

const idPrefix = randomBytes(6).toString("hex");
let idCounter = 0;

/** The caller's own id when it is fit to be logged; else one unique across restarts and gateways by its prefix. */
export function requestIdFor(headers: RequestHeaders): string {
  if (headers.requestId !== "" && wellFormedRequestId(headers.requestId)) return headers.requestId;
  return `${idPrefix}-${(++idCounter).toString(36).padStart(6, "0")}`;
}
