import { type IncomingMessage, type Server, ServerResponse } from "node:http";
import { Server as NetServer } from "node:net";
import { closeAfter, lingerAfter } from "../http/answers";
import type { CallerConnections } from "./connections";
import { isAwaited } from "./pipeline";

/**
 * How callers of HTTP/1 are sent away by a gateway that stops: who reads in an answer that the connection ends with it
 * sends the next request elsewhere, where one that is closed under a POST on its way loses it.
 */

/** A connection that was just used is closed this long after its last answer, ms: the next request may be on its way. */
export const QUIET_MS = 1_000;
/** How often idle connections are looked for, ms. */
const SWEEP_MS = 20;

type Head = ServerResponse["writeHead"];

/** What answers are made of: once the gateway stops, each says that it is the last one on its connection. */
export function partingAnswers(connections: CallerConnections): typeof ServerResponse<IncomingMessage> {
  return class extends ServerResponse<IncomingMessage> {
    override writeHead(...head: unknown[]): this {
      if (connections.leaving) sayLast(this);
      return (super.writeHead as (...args: unknown[]) => ReturnType<Head>).apply(this, head) as this;
    }
  };
}

/** What was read already and waits for its turn is answered, too: then the last of those says it. */
function sayLast(res: ServerResponse): void {
  const { socket } = res;
  if (!socket || isAwaited(socket)) return;
  res.shouldKeepAlive = false;
  closeAfter(res);
  lingerAfter(res);
}

/**
 * Closes the listener and lets requests under way finish; connections end as soon as they are idle, those that were
 * used just now after `quietMs`. (`close` of node:http begins with those that it takes for idle.)
 */
export function drain(server: Server, connections: CallerConnections, quietMs: number): Promise<void> {
  return new Promise((resolve) => {
    // After what has arrived was read: a request that is here already is no idle connection.
    const sweep = setInterval(() => setImmediate(() => connections.closeIdleAt(server, quietMs)), SWEEP_MS);
    NetServer.prototype.close.call(server, () => {
      clearInterval(sweep);
      resolve();
    });
  });
}
