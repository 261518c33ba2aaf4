import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Outcome } from "#lib/traffic/outcome";
import { type Handshake, Join } from "../backends/join";
import { connectionOf, listen, listenOnce } from "../boundary";
import * as answers from "../http/answers";
import { endable } from "../http/nodeTricks";
import { sendRaw } from "../http/rawAnswers";
import type { RuntimeEndpoint } from "../routes/group";
import type { RuntimeApi } from "../routes/runtimeApi";
import { type Admitted, admit } from "./admit";
import { type Arrival, arrive, record } from "./arrival";
import type { GatewayContext } from "./context";
import { Passage } from "./passage";
import { openSession } from "./sessions";
import type { Sending } from "./upstream";

/** What a handshake comes with. */
interface Handshaking extends Arrival {
  readonly socket: Socket;
  /** What came behind its head. */
  readonly head: Buffer;
}

/**
 * WebSocket upgrades: they go the way of all requests, then http-proxy joins the two sockets (`join.ts`). Another
 * endpoint may be tried until the handshake is complete: nothing of the caller's has been consumed by then.
 */
export function upgradeHandler(context: GatewayContext, tls: boolean) {
  return (req: IncomingMessage, socket: Socket, head: Buffer): void => {
    listen("socket error", socket, connectionOf(socket), () => socket.destroy());
    const arrival = arrive(context, req, tls);
    const { headers, requestId, secure, start } = arrival;
    const from: Handshaking = { context, req, socket, head, headers, requestId, secure, start };
    const run = async () => {
      const admitted = await admit({ context, req, headers, secure, upgrade: true });
      if (!admitted.ok) refuse(from, admitted.answer, admitted.api);
      else if (req.method !== "GET" || headers.contentLength > 0 || headers.chunked) {
        // What follows the head would be a body to one reader and WebSocket frames to the next.
        refuse(from, answers.malformed("A WebSocket begins with a GET that has no body."), admitted.api);
      } else await new Upgrade(from, admitted).run();
    };
    run().catch((error: unknown) => {
      console.error(`Upgrade ${requestId}:`, error);
      refuse(from, answers.internalError, null);
    });
  };
}

function refuse(from: Handshaking, answer: answers.Answer, api: RuntimeApi | null): void {
  sendRaw(from.socket, answer, from.requestId);
  record(from, answer.status, api);
}

/** One admitted handshake, and the joined sockets until they end. */
class Upgrade extends Passage implements Handshake {
  /** What the caller was answered; 0 before. */
  private status = 0;
  /** Ends what is waited for, whatever that is. */
  private wake: () => void = () => {};
  /** The attempt under way is in the trace. */
  private told = false;
  /** What the caller sent in advance goes to the first endpoint: http-proxy puts it back into the socket. */
  private head: Buffer;

  constructor(
    protected override readonly from: Handshaking,
    to: Extract<Admitted, { ok: true }>,
  ) {
    super(from, to, "GET", true);
    this.head = from.head;
  }

  async run(): Promise<void> {
    try {
      await this.pass(this.to.api.definition.limits.deadlineMs);
    } catch (error) {
      console.error(`Upgrade ${this.requestId}:`, error);
      if (this.passedOn) this.cut();
      else this.respond(answers.internalError);
    } finally {
      this.record(this.status);
    }
  }

  breakOff(): void {
    endable(this.from.socket);
    this.settled = true;
    this.place?.giveUp();
    this.from.socket.destroy();
    this.wake();
  }

  protected openSession() {
    const { headers, context, secure } = this.from;
    // The body-bound kinds have nothing to read here; cookie and client ID header work as for requests.
    return openSession(this.to.group, headers, null, context.pins, secure);
  }

  protected async attempt(endpoint: RuntimeEndpoint, sending: Sending): Promise<Outcome> {
    const { head } = this;
    this.head = Buffer.alloc(0);
    this.told = false;
    sending.headers.push("Connection", "Upgrade", "Upgrade", "websocket");
    const join = new Join(this.from.socket, endpoint, sending, head, this);
    this.wake = () => join.giveUp();
    const outcome = await join.run(this.from.context.webSockets, this.to.api.definition.limits);
    this.tell(outcome);
    this.told = true;
    if (outcome.kind === "response" && this.passedOn) await this.closed();
    return outcome;
  }

  /** At once, and not when the sockets have ended. */
  protected override tell(outcome: Outcome): void {
    if (!this.told) super.tell(outcome);
  }

  protected get over(): boolean {
    return this.settled || this.from.socket.destroyed;
  }

  get passedOn(): boolean {
    return this.status !== 0;
  }

  get replayable(): boolean {
    return true;
  }

  // What a handshake asks and delivers.

  get preservesHost(): boolean {
    return this.to.api.definition.preserveHost;
  }

  get expectsContinue(): boolean {
    return this.from.req.headers.expect?.toLowerCase() === "100-continue";
  }

  onHead(status: number, raw: readonly string[], headers: string[]): boolean {
    if (!this.takeHead(status, raw)) return false;
    this.status = status;
    headers.push("X-Request-ID", this.requestId);
    if (status === 101) this.session?.answered(this.endpoint!.id, headers);
    return true;
  }

  // The caller's side.

  /** When the caller's connection has ended. */
  private closed(): Promise<unknown> {
    const { socket } = this.from;
    if (socket.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      this.wake = () => resolve(undefined);
      listenOnce("socket close", socket, this, () => resolve(undefined));
    });
  }

  protected leave(): void {}

  protected respond(answer: answers.Answer): void {
    sendRaw(this.from.socket, answer, this.requestId);
    this.status = answer.status;
  }

  protected cut(): void {
    this.from.socket.destroy();
  }
}
