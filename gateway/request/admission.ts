import type { IncomingMessage, ServerResponse } from "node:http";
import type { Answer } from "../http/answers";
import type { RequestHeaders } from "../http/headers";
import type { GatewayContext } from "./context";

/** What a request comes with. */
export interface Admission {
  readonly context: GatewayContext;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly headers: RequestHeaders;
  readonly requestId: string;
  readonly secure: boolean;
  /** When its head was read, `performance.now()`. */
  readonly start: number;
  /** Set once it is on its way: what ends it with another answer. */
  call: { refuse(answer: Answer): void } | null;
}
