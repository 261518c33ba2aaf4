import type { IncomingMessage, ServerResponse } from "node:http";
import * as answers from "../http/answers";
import { dialectOf } from "../http/dialect";
import { readRequestHeaders } from "../http/headers";
import type { Admission } from "../request/admission";
import { type Admitted, admit } from "../request/admit";
import { arrive, record, requestIdFor } from "../request/arrival";
import { Call } from "../request/call";
import type { GatewayContext } from "../request/context";
import type { RuntimeApi } from "../routes/runtimeApi";
import { findApi } from "../routes/table";
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
  const { headers, requestId, secure, start } = arrive(context, req, tls);
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
  const { res } = admission;
  record(admission, res.headersSent ? res.statusCode : 0, api);
}

function refuseWith(admission: Admission, answer: answers.Answer, api: RuntimeApi | null): void {
  if (over(admission)) {
    recordOver(admission, api);
    return;
  }
  const { req, res, headers, requestId } = admission;
  answers.send(res, answer, requestId, dialectOf(req, headers));
  record(admission, answer.status, api);
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
  const { res, requestId } = admission;
  res.writeHead(200, {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": found.length,
    "Cache-Control": "no-store",
    "X-Request-ID": requestId,
  });
  res.end(found);
  record(admission, 200, null);
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
