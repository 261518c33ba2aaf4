import type { IncomingMessage } from "node:http";
import { refusalOf } from "#lib/access/tokens";
import { httpMethods } from "#lib/edit/api";
import type { KeyType } from "#lib/edit/endpoints";
import { withSlash } from "#lib/traffic/matcher";
import { hasReadings, plainReading } from "#lib/traffic/pathReadings";
import * as answers from "../http/answers";
import { askedHeader, type RequestHeaders, unclaim } from "../http/headers";
import { cameThrough } from "../http/loop";
import { MAX_TARGET, parseTarget, type Target, takeQueryTokens } from "../http/target";
import type { Group } from "../routes/group";
import type { Route, RuntimeApi } from "../routes/runtimeApi";
import { findApi, wasRead } from "../routes/table";
import type { AuthResult } from "../tokens/auth";
import type { GatewayContext } from "./context";
import { keepOverrides, needsToken, readingProblem } from "./otherOperation";

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
      /** What comes after `prefix`, as sent. */
      pathAndQuery: string;
      /** What the API cut from the front of the path. */
      prefix: string;
    }
  | { ok: false; answer: answers.Answer /** Null when no API was found. */; api: RuntimeApi | null };

/** What came in, as far as it decides who may pass. */
export interface Arrival {
  readonly context: GatewayContext;
  readonly req: IncomingMessage;
  readonly headers: RequestHeaders;
  /** It came over TLS, or a trusted proxy says so. */
  readonly secure: boolean;
  /** It is the handshake of a WebSocket. */
  readonly upgrade: boolean;
}

/** Where a request goes, once that is known. */
interface Destination {
  readonly api: RuntimeApi;
  readonly route: Route;
  readonly pathAndQuery: string;
  readonly prefix: string;
}

/** Match, authenticate, choose the group by key type (docs/design.md section 4.4). Upgrades pass the same way. */
export function admit(arrival: Arrival): Admitted | Promise<Admitted> {
  const { context, req, headers, secure } = arrival;
  const method = req.method!;
  const target = readTarget(req, headers);
  if (!target.ok) return refuse(target.answer);
  if (target.authority !== undefined) headers.host = target.authority;
  const snapshot = context.snapshot();
  const api = findApi(snapshot, target.path);
  if (!api) return refuse(wasRead(snapshot) ? answers.unknownContext : answers.noRoutingTable);
  if (hasReadings(target.path) && leadsElsewhere(context, target.path, api)) {
    return refuse(answers.malformed(anotherApi), api);
  }
  if (snapshot.blocked.size > 0 && snapshot.blocked.has(api.apiId))
    return refuse(forBrowsers(api, headers, answers.blocked), api);
  const { transports } = api.definition;
  if (!(secure ? transports.https : transports.http)) return refuse(answers.otherTransport(secure), api);
  if (headers.cdnLoop !== "" && cameThrough(headers.cdnLoop, api.loopId)) {
    return refuse(answers.loopDetected, api);
  }
  const prefix = api.prefixOf(target.path);
  const path = target.path.slice(prefix.length);
  const match = api.find(method, path);
  const preflight = isPreflight(req);
  const ambiguity = readingProblem(api, method, path, target.query, match, preflight);
  if (ambiguity) return refuse(forBrowsers(api, headers, answers.malformed(ambiguity)), api);
  if (match.kind === "none") return refuse(forBrowsers(api, headers, answers.unknownResource), api);
  if (match.kind === "otherMethod") return refuse(optionsOr405(req, headers, match.allow, api), api);
  const { route } = match;
  const sent = route.slash === null ? path : withSlash(path, route.slash);
  const to: Destination = { api, route, pathAndQuery: sent + target.query, prefix };
  if (!needsToken(api, route)) {
    if (headers.overrides) keepOverrides(headers, api, path, route);
    return open(to);
  }
  if (preflight) {
    // A browser asks without a token; what the API does not answer itself its backend has to.
    if (headers.contentLength > 0 || headers.chunked) return refuse(answers.malformed(noBody), api);
    const declared = httpMethods.filter((other) => api.find(other, path).kind === "found");
    if (api.cors) return refuse(optionsOr405(req, headers, declared, api), api);
    return open(to);
  }
  if (headers.overrides) keepOverrides(headers, api, path, route);
  if (headers.claims) unclaim(headers, api.definition.security.header);
  return authenticate(arrival, to);
}

const noBody = "A preflight (OPTIONS with Access-Control-Request-Method) has no body.";
const anotherApi =
  "The path can be read in more than one way: it has encoded letters, ;parameters, // or /./ segments that lead to another API. Send it as that API declares it.";

/** Whether a backend-like reading of the whole path would find another API than the one that was found. */
function leadsElsewhere(context: GatewayContext, path: string, api: RuntimeApi): boolean {
  const other = findApi(context.snapshot(), plainReading(path));
  return other !== undefined && other !== api;
}

/** The target of a request whose head is in order. */
function readTarget(
  req: IncomingMessage,
  headers: RequestHeaders,
): Extract<Target, { ok: true }> | { ok: false; answer: answers.Answer } {
  const no = (answer: answers.Answer) => ({ ok: false as const, answer });
  if (headers.problem) return no(answers.malformed(headers.problem));
  if (req.rawHeaders.length > 2 * MAX_FIELDS) {
    return no({ ...answers.malformed(`A request has at most ${MAX_FIELDS} header fields.`), status: 431 });
  }
  const url = req.url!;
  if (url.length > MAX_TARGET) {
    return no({ ...answers.malformed(`A request target has at most ${MAX_TARGET} bytes.`), status: 414 });
  }
  if (headers.chunked && req.httpVersionMinor === 0) {
    return no(answers.malformed("HTTP/1.0 has no Transfer-Encoding."));
  }
  const target = parseTarget(url, req.socket.localAddress);
  return target.ok ? target : no(answers.malformed(target.problem));
}

/** RFC 6750, section 2.1. */
const tokenText = /^[A-Za-z0-9._~+/-]*=*$/;
const noToken = "access_token has characters that no token has.";

/** Checks the token, which a browser can give to a WebSocket only in the query (RFC 6750, section 2.3). */
function authenticate(arrival: Arrival, to: Destination): Admitted | Promise<Admitted> {
  const { context, headers, upgrade } = arrival;
  let going = to;
  if (upgrade && to.pathAndQuery.includes("?")) {
    const { pathAndQuery, tokens } = takeQueryTokens(to.pathAndQuery);
    if (!tokens.every((token) => tokenText.test(token))) return refuse(answers.malformed(noToken), to.api);
    going = { ...to, pathAndQuery };
    const { header } = to.api.definition.security;
    const scheme = header.toLowerCase() === "authorization" ? "Bearer " : "";
    for (const token of tokens) headers.forward.push(header, scheme + token);
  }
  const found = context.auth.authenticate(headers, to.api, to.route);
  return found instanceof Promise
    ? found.then((auth) => authenticated(context, auth, going, headers))
    : authenticated(context, found, going, headers);
}

/** Where no token is needed: production, else sandbox. */
function open(to: Destination): Admitted {
  const { groups } = to.route;
  const keyType = groups.production ? "production" : "sandbox";
  const group = groups[keyType];
  if (!group) {
    return refuse(answers.unauthorized(refusalOf({ kind: "noEndpoint", keyType: "production" })), to.api);
  }
  return { ok: true, ...to, group, keyType, consumer: "" };
}

/** The group of the token's key type, never the other one. */
function authenticated(
  context: GatewayContext,
  found: AuthResult,
  to: Destination,
  headers: RequestHeaders,
): Admitted {
  const { api, route } = to;
  if (found.kind !== "token") {
    return refuse(forBrowsers(api, headers, answers.unauthorized(refusalOf(found))), api);
  }
  if (context.snapshot().copy?.refusesTokens) {
    return refuse(forBrowsers(api, headers, answers.revocationsUnknown), api);
  }
  const { keyType, consumer } = found;
  const group = route.groups[keyType];
  if (group) return { ok: true, ...to, group, keyType, consumer };
  const answer = answers.unauthorized(refusalOf({ kind: "noEndpoint", keyType }));
  return refuse(forBrowsers(api, headers, answer), api);
}

/** With CORS on, a page of another origin may read a refusal too. */
function forBrowsers(api: RuntimeApi, headers: RequestHeaders, answer: answers.Answer): answers.Answer {
  if (!api.cors) return answer;
  return { ...answer, headers: { ...answer.headers, ...api.cors.answer(askedHeader(headers, "origin")) } };
}

/** Undeclared OPTIONS says what is allowed (docs/rules/gateway.md section 1). */
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
