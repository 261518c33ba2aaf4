import type { Socket } from "node:net";
import { connectionOf, listen, listenOnce } from "./boundary";
import type { Admission } from "./call";

/**
 * Answers on an HTTP/1 connection go out in the order of its requests (RFC 9112, section 9.3.2). node sees to that
 * for answers, but not for what is written on the connection itself: a refusal of bytes that are no request must
 * not take the place of the answer to the request before them, which an endpoint may have carried out.
 */

const latest = Symbol("latest");
type Connection = Socket & { [latest]?: Admission | undefined };

/** A request began on its connection. */
export function began(admission: Admission): void {
  (admission.req.socket as Connection)[latest] = admission;
}

/** It is over: a connection that is kept for the next one need not hold on to it. */
export function ended(admission: Admission): void {
  const socket = admission.req.socket as Connection;
  if (socket[latest] === admission) socket[latest] = undefined;
}

/** The newest request on a connection while it has not been answered whole; those before it are not either, then. */
export function underWay(socket: Socket): Admission | undefined {
  const admission = (socket as Connection)[latest];
  return admission && !admission.res.writableFinished && !admission.res.destroyed ? admission : undefined;
}

/** Acts on the connection itself once what was asked before is answered: now, where that is nothing. */
export function afterAnswers(socket: Socket, act: () => void): void {
  const before = underWay(socket);
  if (!before) {
    act();
    return;
  }
  listenOnce("earlier close", before.res, connectionOf(socket), () => {
    if (!socket.destroyed) act();
  });
}

/**
 * The same on a connection that node has let go of, because it is to become another protocol's: what node did for
 * the answers that are still on their way is done here.
 */
export function afterAnswersDetached(socket: Socket, act: () => void): void {
  const exposed = connectionOf(socket);
  const before = underWay(socket);
  if (before) {
    const { res } = before;
    listen("detached error", socket, exposed, () => socket.destroy());
    listen("detached drain", socket, exposed, () => {
      if (!res.writableFinished) res.emit("drain");
    });
    listen("detached close", socket, exposed, () => {
      if (!res.writableFinished) res.destroy();
    });
  }
  afterAnswers(socket, act);
}
