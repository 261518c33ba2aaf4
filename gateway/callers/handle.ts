import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import * as answers from "../http/answers";
import { type RequestHeaders, readRequestHeaders, wellFormedRequestId } from "../http/headers";
import { soapOf } from "../http/soap";
import type { Admission } from "../request/admission";
import { type Admitted, admit } from "../request/admit";
import { Call } from "../request/call";
import type { GatewayContext } from "../request/context";
import type { RuntimeApi } from "../routes/runtimeApi";
import { findApi } from "../routes/table";
import { believe, clientAddress, peer } from "./forwarded";
import { began, inTurn, isTaken } from "./pipeline";
import { TEST_KEY_PATH } from "./testkey";

/** The listener for requests. Everything up to the first attempt is synchronous, but for a token that is new. */
export function requestHandler(context: GatewayContext, tls: boolean) {
  return (req: IncomingMessage, res: ServerResponse): void => {
    // The streams of HTTP/2 are beside each other.
    const alone = req.httpVersionMajor === 2;
    if (!alone && answers.isClosing(req.socket)) return;
    if (alone || !isTaken(req.socket)) {
      handle(context, tls, req, res);
      return;
    }
    if (inTurn(req, res, () => handle(context, tls, req, res))) return;
    answers.send(res, answers.tooManyWait, requestIdFor(readRequestHeaders(req.rawHeaders)));
  };
}

function handle(context: GatewayContext, tls: boolean, req: IncomingMessage, res: ServerResponse): void {
  const start = performance.now();
  const headers = readRequestHeaders(req.rawHeaders);
  believe(headers, peer(req.socket, context.trusted));
  const secure = tls || cameSecurely(context, req, headers);
  const requestId = requestIdFor(headers);
  const admission: Admission = { context, req, res, headers, requestId, secure, start, call: null };
  if (req.httpVersionMajor === 1) began(admission);
  try {
    if (isForTestKey(admission)) {
      const answered = context
        .testKeys!.answer(admission, context.trusted)
        .then((found) => answerTestKey(admission, found));
      answered.catch((error: unknown) => failed(admission, error));
      return;
    }
    const admitted = admit({ context, req, headers, secure, upgrade: false });
    if (admitted instanceof Promise) {
      admitted.then((found) => enter(admission, found)).catch((error: unknown) => failed(admission, error));
    } else enter(admission, admitted);
  } catch (error) {
    failed(admission, error);
  }
}

function enter(admission: Admission, admitted: Admitted): void {
  if (!admitted.ok) refuseWith(admission, admitted.answer, admitted.api);
  else if (over(admission)) recordOver(admission, admitted.api);
  else new Call(admission, admitted).start();
}

/** The caller has left while its token was verified, or had its answer: its body could not be read. */
function over({ res }: Admission): boolean {
  return res.destroyed || res.headersSent;
}

function recordOver(admission: Admission, api: RuntimeApi | null): void {
  const { context, req, res, headers, requestId, start } = admission;
  refused(context, req, headers, requestId, res.headersSent ? res.statusCode : 0, start, api);
}

function refuseWith(admission: Admission, answer: answers.Answer, api: RuntimeApi | null): void {
  if (over(admission)) {
    recordOver(admission, api);
    return;
  }
  const { context, req, res, headers, requestId, start } = admission;
  answers.send(res, answer, requestId, soapOf(headers));
  refused(context, req, headers, requestId, answer.status, start, api);
}

/** The body is the token and nothing else, so that a shell can take it as it is. */
function answerTestKey(admission: Admission, found: string | answers.Answer): void {
  if (over(admission)) {
    recordOver(admission, null);
    return;
  }
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

/** Whether a proxy in front, which is trusted, took the request over TLS. */
export function cameSecurely(
  context: GatewayContext,
  req: IncomingMessage,
  headers: RequestHeaders,
): boolean {
  return headers.forwardedProto === "https" && peer(req.socket, context.trusted).trusted;
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
