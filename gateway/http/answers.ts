import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { AuthRefusal } from "#lib/access/tokens";
import { causes, type Failure } from "#lib/traffic/outcome";
import { connectionOf, listenOnce } from "../boundary";
import type { Dialect } from "./dialect";
import { grpcCodes, grpcStatus } from "./grpc";
import { insteadOfClosing } from "./nodeTricks";
import { soapFault } from "./soap";

/** What the gateway itself answers (docs/rules/gateway.md section 7). Never an internal host, state or stack. */
export interface Answer {
  status: number;
  code: string;
  message: string;
  description: string;
  headers?: Record<string, string>;
  /** What callers of gRPC are told, where that does not follow from the status. */
  grpc?: number;
}

export const unknownContext: Answer = {
  status: 404,
  code: "404",
  message: "Not Found",
  description: "No API is deployed at this path. Check the context and version in the URL.",
};

/** No routing table was read since the start, so nobody can say which APIs there are. */
export const noRoutingTable: Answer = {
  status: 503,
  code: "102507",
  message: "Service Unavailable",
  description: "The gateway has started and does not know its APIs yet. Try again shortly.",
  headers: { "Retry-After": "1" },
};

/** The gateway has had no database since its start, and its own copy is too old to say which tokens were revoked. */
export const revocationsUnknown: Answer = {
  status: 503,
  code: "102515",
  message: "Service Unavailable",
  description: "The gateway cannot find out whether this token was revoked. Try again later.",
  headers: { "Retry-After": "30" },
};

/** Somebody blocked the API; it is deployed all the same. */
export const blocked: Answer = {
  status: 503,
  code: "700700",
  message: "API blocked",
  description: "This API is blocked for the time being. Whoever publishes it can take that back.",
};

/**
 * The API is there, but not over this transport. Answered as if it were not on this port at all (WSO2 does the
 * same with 404), with a sentence that names the other one.
 */
export function otherTransport(secure: boolean): Answer {
  const [this_, other] = secure ? ["HTTPS", "HTTP"] : ["HTTP", "HTTPS"];
  const description = `This API is not available over ${this_}. Call it over ${other}.`;
  return { ...unknownContext, description };
}

export const unknownResource: Answer = {
  ...unknownContext,
  description: "This API has no resource that matches the path.",
};

export function methodNotAllowed(allow: readonly string[]): Answer {
  return {
    status: 405,
    code: "405",
    message: "Method Not Allowed",
    description: `This resource does not answer this method. Allowed: ${allow.join(", ")}.`,
    headers: { Allow: allow.join(", ") },
  };
}

/** What an undeclared OPTIONS learns. */
export function allowed(allow: readonly string[], cors: Record<string, string> = {}): Answer {
  const headers = { Allow: allow.join(", "), ...cors };
  return { status: 204, code: "204", message: "", description: "", headers };
}

/** The caller may still be sending, or may not agree with us on where its request ends. */
const hangUp = { Connection: "close" };

export function malformed(description: string): Answer {
  return { status: 400, code: "102512", message: "Bad Request", description, headers: hangUp };
}

export const bodyTooLarge: Answer = {
  status: 413,
  code: "102511",
  message: "Payload Too Large",
  description: "The request body is larger than this API accepts.",
  headers: hangUp,
};

export const callerTooSlow: Answer = {
  status: 408,
  code: "102512",
  message: "Request Timeout",
  description: "The request body did not arrive in time.",
  headers: hangUp,
};

/** A call of gRPC took longer than it allows itself. */
export const deadlineExceeded: Answer = {
  status: 504,
  code: "101504",
  message: "Deadline exceeded",
  description: "The call was not answered within its own grpc-timeout.",
  grpc: grpcCodes.deadlineExceeded,
};

/** To callers of gRPC: the backend's answer ended in its middle. */
export const brokenOff: Answer = {
  status: 502,
  code: "101505",
  message: "Connection closed",
  description: "The backend's answer ended before it was complete.",
};

export const internalError: Answer = {
  status: 500,
  code: "101500",
  message: "Internal Error",
  description:
    "The gateway could not handle this request. The request id identifies it in the gateway's log.",
};

/** A caller who may not: without a token that will do, or with one for something else. */
export function unauthorized({ challenge, ...answer }: AuthRefusal): Answer {
  if (challenge === undefined) return answer;
  const closing = answer.status === 400 ? hangUp : undefined;
  return { ...answer, headers: { "WWW-Authenticate": challenge, ...closing } };
}

/** Nothing can take the request now. `retryAfterMs` until the first endpoint may be tried again. */
export function noReadyEndpoint(single: boolean, retryAfterMs: number): Answer {
  return {
    status: 503,
    code: single ? "303001" : "303000",
    message: "Service Unavailable",
    description: "No ready endpoints: each is suspended, failing its health check, draining or switched off.",
    headers: { "Retry-After": String(Math.max(1, Math.ceil(retryAfterMs / 1000))) },
  };
}

export function failed(failure: Failure): Answer {
  const { status, code, message, description } = causes[failure.cause];
  return { status, code, message, description };
}

/** The backend answered with a status above 599, which HTTP does not have (RFC 9110, section 15). */
export const unknownStatus: Answer = {
  status: 502,
  code: "101506",
  message: "Invalid response",
  description: "The backend answered with a status that HTTP does not have.",
};

/** The token that the backend wants could not be had; why is in the endpoint's state, not for callers. */
export const noCredentials: Answer = {
  status: 502,
  code: "101503",
  message: "Backend not authorized",
  description: "The gateway could not get the credentials that the backend asks for.",
};

/** Too many requests for a circuit breaker. */
export const tooBusy: Answer = {
  status: 503,
  code: "102505",
  message: "Service Unavailable",
  description: "This API is at the limit of what it may take on. Try again shortly.",
  headers: { "Retry-After": "1" },
};

/** No connection to an endpoint could be opened because this process has no free descriptor. */
export const noDescriptors: Answer = {
  status: 503,
  code: "102514",
  message: "Service Unavailable",
  description: "The gateway is at the limit of its connections. Try again shortly.",
  headers: { "Retry-After": "1" },
};

/** The request went through the same API before (RFC 5842, section 7.2): an endpoint leads back to this gateway. */
export const loopDetected: Answer = {
  status: 508,
  code: "102513",
  message: "Loop Detected",
  description:
    "This request has passed this API before: one of the API's endpoints leads back to the API itself.",
};

/** The publisher says so before; this is for what it cannot know, such as a revision that has just changed. */
export const notToBeTried: Answer = {
  status: 403,
  code: "900901",
  message: "Forbidden",
  description: "The role of whoever tries this out does not reach these endpoints with this method.",
};

/** More requests were sent one behind the other than are kept waiting; those before it are answered. */
export const tooManyWait: Answer = {
  ...tooBusy,
  description: "Too many requests wait on this connection. Wait for answers, or open another connection.",
  headers: { ...tooBusy.headers, ...hangUp },
};

const closing = Symbol("closing");

/**
 * Whether this connection ends with an answer that was sent before. node hands over what else it has read from
 * it all the same; where one request ended is not agreed, that must not be taken for the next.
 */
export function isClosing(socket: Socket & { [closing]?: true }): boolean {
  return socket[closing] === true;
}

/** This answer is its connection's last: what was sent behind its request is not looked at. */
export function closeAfter(res: ServerResponse): void {
  if (res.socket) (res.socket as Socket & { [closing]?: true })[closing] = true;
}

/** Sends an answer in the gateway's one error shape; to SOAP callers as a fault, to those of gRPC as a status. */
export function send(res: ServerResponse, answer: Answer, requestId: string, dialect?: Dialect): void {
  const { status, code, message, description } = answer;
  if (answer.headers?.Connection === "close" && res.socket) {
    closeAfter(res);
    if (!res.req.complete) lingerAfter(res);
  }
  if (status === 204) {
    res.writeHead(204, { ...answer.headers, "X-Request-ID": requestId });
    res.end();
    return;
  }
  if (dialect === "grpc") {
    const fields = ["Content-Type", "application/grpc", "X-Request-ID", requestId];
    res.writeHead(200, [...fields, ...grpcStatus(status, description, answer.grpc)]);
    res.end();
    return;
  }
  const body = dialect
    ? soapFault(dialect, code, message, description, status < 500)
    : JSON.stringify({ code, message, description, requestId });
  const type = dialect === 12 ? "application/soap+xml" : dialect === 11 ? "text/xml" : "application/json";
  res.writeHead(status, {
    ...answer.headers,
    "Content-Type": `${type}; charset=utf-8`,
    "Content-Length": Buffer.byteLength(body),
    "X-Request-ID": requestId,
  });
  res.end(body);
}

/** How long a caller whose request was not read to its end may take to read why, ms. */
export const LINGER_MS = 5_000;

/**
 * Ends a connection whose caller may still be sending. Closing it at once would reset it, and take from the
 * caller the answer that lies unread at its end (RFC 9112 section 9.6). node keeps reading a request that was
 * answered, and drops what it reads.
 */
export function lingerAfter(res: ServerResponse): void {
  if (res.socket) insteadOfClosing(res.socket, lingerInstead);
}

function lingerInstead(this: Socket): void {
  this.end();
  listenOnce("linger end", this, connectionOf(this), () => this.destroy());
  setTimeout(() => this.destroy(), LINGER_MS).unref();
}
