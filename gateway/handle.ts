import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { KeyType } from "#lib/endpoints";
import * as answers from "./answers";
import { type Admission, Call } from "./call";
import type { GatewayContext } from "./context";
import type { Group } from "./group";
import { clientAddress, peer, type RequestHeaders, readRequestHeaders, wellFormedRequestId } from "./headers";
import { findApi, type Route, type RuntimeApi } from "./snapshot";
import { soapOf } from "./soap";
import { MAX_TARGET, parseTarget } from "./target";

/** Most header fields of a request. */
const MAX_FIELDS = 100;

/** What one request is let in with, or what it is answered instead. */
export type Admitted =
  | { ok: true; api: RuntimeApi; route: Route; group: Group; keyType: KeyType; pathAndQuery: string }
  | { ok: false; answer: answers.Answer };

/** The listener for requests. Everything up to the first attempt is synchronous. */
export function requestHandler(context: GatewayContext, secure: boolean) {
  return (req: IncomingMessage, res: ServerResponse): void => {
    if (answers.isClosing(req.socket)) return;
    const start = performance.now();
    const headers = readRequestHeaders(req.rawHeaders);
    const requestId = requestIdFor(headers);
    let answer: answers.Answer;
    try {
      const admitted = admit(context, req, headers);
      if (admitted.ok) {
        const admission: Admission = { context, req, res, headers, requestId, secure, start };
        new Call(admission, admitted).start();
        return;
      }
      answer = admitted.answer;
    } catch (error) {
      console.error(`Request ${requestId}:`, error);
      answer = answers.internalError;
    }
    answers.send(res, answer, requestId, soapOf(headers));
    refused(context, req, headers, requestId, answer.status, start);
  };
}

/** Match, authenticate, choose the group by key type (DESIGN.md rule 4). Upgrades pass the same way. */
export function admit(context: GatewayContext, req: IncomingMessage, headers: RequestHeaders): Admitted {
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
  const path = api.resourcePath(target.path);
  const match = api.find(req.method!, path);
  if (match.kind === "none") return refuse(answers.unknownResource);
  if (match.kind === "otherMethod") return refuse(optionsOr405(req, match.allow, api));
  // Authentication comes here with tokens; until then production is used, else sandbox.
  const { groups } = match.route;
  const keyType = groups.production ? "production" : "sandbox";
  const group = groups[keyType];
  if (!group) return refuse(answers.noEndpointConfigured);
  return { ok: true, api, route: match.route, group, keyType, pathAndQuery: path + target.query };
}

/** Undeclared OPTIONS says what is allowed (spec/gateway.md section 1). */
function optionsOr405(req: IncomingMessage, allow: readonly string[], api: RuntimeApi): answers.Answer {
  const all = allow.includes("OPTIONS") ? allow : [...allow, "OPTIONS"];
  if (req.method !== "OPTIONS") return answers.methodNotAllowed(all);
  const { origin } = req.headers;
  const preflight = origin !== undefined && req.headers["access-control-request-method"] !== undefined;
  return answers.allowed(all, preflight ? api.cors?.preflight(origin) : undefined);
}

function refuse(answer: answers.Answer): Admitted {
  return { ok: false, answer };
}

/** Records a request that never became a call. */
export function refused(
  context: GatewayContext,
  req: Pick<IncomingMessage, "method" | "url" | "socket">,
  headers: RequestHeaders,
  requestId: string,
  status: number,
  start: number,
): void {
  context.metrics.recordUnrouted(status);
  context.log?.write({
    requestId,
    method: req.method ?? "",
    path: (req.url ?? "").split("?", 1)[0]!,
    status,
    ms: Math.round((performance.now() - start) * 100) / 100,
    client: clientAddress(peer(req.socket, context.trusted), headers, context.trusted),
  });
}

const idPrefix = randomBytes(6).toString("hex");
let idCounter = 0;

/** The caller's own id when it is fit to be logged; else one unique across restarts and gateways by its prefix. */
export function requestIdFor(headers: RequestHeaders): string {
  if (headers.requestId !== "" && wellFormedRequestId(headers.requestId)) return headers.requestId;
  return `${idPrefix}-${(++idCounter).toString(36).padStart(6, "0")}`;
}
