import type { IncomingMessage } from "node:http";
import { isGrpc } from "./grpc";
import type { RequestHeaders } from "./headers";
import { soapOf } from "./soap";

/** How a caller reads what the gateway itself answers: as SOAP of a version, as gRPC, else as JSON. */
export type Dialect = 11 | 12 | "grpc" | undefined;

export function dialectOf(req: IncomingMessage, headers: RequestHeaders): Dialect {
  return isGrpc(req, headers) ? "grpc" : soapOf(headers);
}
