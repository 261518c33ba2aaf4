import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { believe, clientAddress, peer } from "../callers/forwarded";
import { type RequestHeaders, readRequestHeaders, wellFormedRequestId } from "../http/headers";
import type { RuntimeApi } from "../routes/runtimeApi";
import type { Admitted } from "./admit";
import type { GatewayContext } from "./context";

/** What came in, its id, its clock; and what is recorded of it. */
export interface Arrival {
  readonly context: GatewayContext;
  readonly req: IncomingMessage;
  readonly headers: RequestHeaders;
  readonly requestId: string;
  readonly secure: boolean;
  /** When its head was read, `performance.now()`. */
  readonly start: number;
}

/** Reads the head of a request. `tls`: its listener's. */
export function arrive(context: GatewayContext, req: IncomingMessage, tls: boolean): Arrival {
  const start = performance.now();
  const headers = readRequestHeaders(req.rawHeaders, req.httpVersion === "1.0");
  const from = peer(req.socket, context.trusted);
  believe(headers, from);
  // A proxy in front, which is trusted, may have taken it over TLS.
  const secure = tls || (headers.forwardedProto === "https" && from.trusted);
  return { context, req, headers, requestId: requestIdFor(headers), secure, start };
}

const idPrefix = randomBytes(6).toString("hex");
let idCounter = 0;

/** The caller's own id when it is fit to be logged; else one unique across restarts and gateways by its prefix. */
export function requestIdFor(headers: RequestHeaders): string {
  if (headers.requestId !== "" && wellFormedRequestId(headers.requestId)) return headers.requestId;
  return `${idPrefix}-${(++idCounter).toString(36).padStart(6, "0")}`;
}

/** What is recorded of what came in: a request whose head could not be read has less of it. */
type Recorded = Pick<Arrival, "context" | "headers" | "requestId" | "start"> & {
  req: Pick<IncomingMessage, "method" | "url" | "socket">;
};

/** Records what never came to an endpoint: metrics, access log. `api` is null where none was found. */
export function record(
  { context, req, headers, requestId, start }: Recorded,
  status: number,
  api: RuntimeApi | null,
): void {
  const ms = performance.now() - start;
  const shown = Math.round(ms * 100) / 100;
  if (api) api.refusals.record(status, shown, 0);
  else context.metrics.recordUnrouted(status);
  const client = clientAddress(peer(req.socket, context.trusted), headers, context.trusted);
  const { method = "" } = req;
  context.log?.write({
    ...{ requestId, method, path: pathOf(req), status, ms: shown, client },
    about: api?.aboutRefusals,
  });
}

/** What became of a request that was admitted. */
export interface Passed {
  method: string;
  /** 0 when the caller left before one. */
  status: number;
  client: string;
  /** Id of the endpoint that was asked last; "" when none was. */
  endpoint: string;
  attempts: number;
  /** Why the answer ended in its middle. */
  cut: string | undefined;
}

/** Records it: metrics, access log. */
export function recordPassed(
  { context, req, requestId, start }: Arrival,
  { api, keyType, route, consumer }: Extract<Admitted, { ok: true }>,
  passed: Passed,
): void {
  const { method, status, client, endpoint, attempts, cut } = passed;
  const ms = performance.now() - start;
  api.counters[keyType].record(status, ms, Math.max(0, attempts - 1));
  if (context.log === null) return;
  const shown = Math.round(ms * 100) / 100;
  const about = route.about[keyType];
  const path = pathOf(req);
  context.log.write({
    requestId,
    method,
    path,
    status,
    ms: shown,
    client,
    about,
    endpoint,
    attempts,
    consumer,
    cut,
  });
}

function pathOf({ url = "" }: Pick<IncomingMessage, "url">): string {
  return url.split("?", 1)[0]!;
}
