import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { connectionOf, listen, listenOnce } from "../boundary";
import { drained } from "../http/nodeTricks";
import type { Admission } from "../request/admission";

/**
 * What comes on one HTTP/1 connection is taken up in turn: a request begins when the one before it is answered. node
 * puts answers in order, but would let requests run beside each other that were sent one behind the other (which RFC
 * 9112, section 9.3.2, allows for safe ones only), without bound, and it tells nobody whose answer waits that the
 * caller has left. A refusal of bytes that are no request waits its turn, too: it must not take the place of the
 * answer to a request that an endpoint may have carried out.
 */

/** Requests that may wait on one connection; a caller who sends more gets no answer to them. */
const MAX_WAITING = 100;

/** Something that waits: a request, or what is to be done on the connection itself. */
interface Turn {
  readonly req?: IncomingMessage;
  readonly res?: ServerResponse;
  take(): void;
}

const newest = Symbol("newest");
const waiting = Symbol("waiting");
type Connection = Socket & { [newest]?: Admission | undefined; [waiting]?: Turn[] };

/** A request begins. */
export function began(admission: Admission): void {
  (admission.req.socket as Connection)[newest] = admission;
}

/** It is over: a connection that is kept for the next one need not hold on to it. */
export function ended(admission: Admission): void {
  const socket = admission.req.socket as Connection;
  if (socket[newest] === admission) socket[newest] = undefined;
}

/** The request on a connection that has begun and is not answered whole. */
function underWay(socket: Socket): Admission | undefined {
  const admission = (socket as Connection)[newest];
  return admission && !admission.res.writableFinished && !admission.res.destroyed ? admission : undefined;
}

/** What came last on a connection and is not answered whole: the request under way, or one that waits behind it. */
export function unanswered(
  socket: Socket,
): { req: IncomingMessage; res: ServerResponse; admission: Admission | null } | undefined {
  const current = underWay(socket);
  if (!current) return undefined;
  const last = (socket as Connection)[waiting]?.findLast((turn) => turn.req !== undefined);
  if (last) return { req: last.req!, res: last.res!, admission: null };
  return { req: current.req, res: current.res, admission: current };
}

/** Gives up the turn of a request that waits: it is answered otherwise. */
export function giveUpTurn(socket: Socket, res: ServerResponse): void {
  const line = (socket as Connection)[waiting];
  const index = line?.findIndex((turn) => turn.res === res) ?? -1;
  if (index >= 0) line!.splice(index, 1);
}

/** Whether a request has to wait for its turn. */
export function isTaken(socket: Socket): boolean {
  return underWay(socket) !== undefined;
}

/** Whether something waits for its turn behind the request under way. */
export function isAwaited(socket: Socket): boolean {
  return ((socket as Connection)[waiting]?.length ?? 0) > 0;
}

/** Takes up a request in turn. False: too many wait already. */
export function inTurn(req: IncomingMessage, res: ServerResponse, take: () => void): boolean {
  return wait(req.socket, { req, res, take });
}

/** Acts on the connection itself once what was asked before is answered: now, where that is nothing. */
export function afterAnswers(socket: Socket, act: () => void): void {
  if (!underWay(socket)) act();
  else wait(socket, { take: act });
}

/**
 * The same on a connection that node has let go of, because it is to become another protocol's: what node did for
 * the answers that are still on their way is done here.
 */
export function afterAnswersDetached(socket: Socket, act: () => void): void {
  const before = underWay(socket);
  if (before) {
    const exposed = connectionOf(socket);
    listen("detached error", socket, exposed, () => socket.destroy());
    listen("detached drain", socket, exposed, () => {
      const { res } = underWay(socket) ?? before;
      if (!res.writableFinished) drained(res);
    });
    listen("detached close", socket, exposed, () => {
      const { res } = underWay(socket) ?? before;
      if (!res.writableFinished) res.destroy();
    });
  }
  afterAnswers(socket, act);
}

function wait(socket: Connection, turn: Turn): boolean {
  socket[waiting] ??= [];
  const line = socket[waiting];
  if (line.length >= MAX_WAITING) return false;
  line.push(turn);
  if (line.length === 1) awaitTurn(socket);
  return true;
}

/** Takes up what waits as soon as the request under way is answered. */
function awaitTurn(socket: Connection): void {
  const { res } = underWay(socket)!;
  listenOnce("earlier close", res, connectionOf(socket), () => takeTurns(socket));
}

function takeTurns(socket: Connection): void {
  const line = socket[waiting] ?? [];
  // Whoever has left gets nothing, and asks nothing more of any backend; so does who had the connection's last answer.
  if (socket.destroyed || !socket.writable) line.length = 0;
  while (line.length > 0 && !underWay(socket)) line.shift()!.take();
  if (line.length > 0) awaitTurn(socket);
}
