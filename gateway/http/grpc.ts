import type { IncomingMessage } from "node:http";
import { headerValue, type RequestHeaders } from "./headers";

/** gRPC over HTTP/2 (PROTOCOL-HTTP2 of grpc/grpc): what tells its calls apart, and how they are answered by us. */

/** Milliseconds of a unit of `grpc-timeout`. */
const units: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1_000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};

/** Status codes of gRPC, those that we answer. */
export const grpcCodes = {
  unknown: 2,
  deadlineExceeded: 4,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** As a client reads a status of HTTP (http-grpc-status-mapping of grpc/grpc), and what that leaves open. */
const codeFor: Readonly<Record<number, number>> = {
  400: grpcCodes.internal,
  401: grpcCodes.unauthenticated,
  403: grpcCodes.permissionDenied,
  404: grpcCodes.unimplemented,
  405: grpcCodes.unimplemented,
  408: grpcCodes.unavailable,
  413: grpcCodes.resourceExhausted,
  429: grpcCodes.unavailable,
  500: grpcCodes.internal,
  502: grpcCodes.unavailable,
  503: grpcCodes.unavailable,
  504: grpcCodes.unavailable,
  508: grpcCodes.internal,
};

/** Whether a request is a call of gRPC. gRPC-Web is another protocol. */
export function isGrpc(req: Pick<IncomingMessage, "method" | "httpVersionMajor">, headers: RequestHeaders) {
  if (req.httpVersionMajor !== 2 || req.method !== "POST") return false;
  return /^application\/grpc(?:$|[+;])/i.test(headerValue(headers.forward, "content-type") ?? "");
}

/** What a call allows itself, ms; infinite where it does not say. */
export function grpcTimeoutMs(headers: RequestHeaders): number {
  const [, count, unit] =
    /^(\d{1,8})([HMSmun])$/.exec(headerValue(headers.forward, "grpc-timeout") ?? "") ?? [];
  return count === undefined ? Number.POSITIVE_INFINITY : Number(count) * units[unit!]!;
}

/** How early one of node's timers may come, ms: it counts from when its turn of the loop began. */
const EARLY_MS = 20;

/** Whether the time that a call allows itself is over, as far as a timer for it can tell (`performance.now()`). */
export const isPast = (deadline: number) => performance.now() >= deadline - EARLY_MS;

/** How a call ended, as fields: name, value, ... `status`: of HTTP, for which `code` stands otherwise. */
export function grpcStatus(status: number, message: string, code = codeFor[status]): string[] {
  return ["grpc-status", String(code ?? grpcCodes.unknown), "grpc-message", percentEncoded(message)];
}

/** Anything but printable ASCII and the percent sign itself. */
function percentEncoded(text: string): string {
  return text.replace(/[^\x20-\x24\x26-\x7e]+/g, (others) =>
    Buffer.from(others).toString("hex").toUpperCase().replace(/../g, "%$&"),
  );
}
