import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { PickContext } from "#lib/traffic/algorithms";
import { type FailureCause, outcomeWords } from "#lib/traffic/outcome";
import { type Handshaking, Join, type Outcome } from "../backends/join";
import { connectionOf, type Exposed, listen, listenOnce } from "../boundary";
import { believe, clientAddress, peer } from "../callers/forwarded";
import { cameSecurely, refused, requestIdFor } from "../callers/handle";
import * as answers from "../http/answers";
import { askedHeader, readRequestHeaders } from "../http/headers";
import type { Choice, RuntimeEndpoint } from "../routes/group";
import type { RuntimeApi } from "../routes/runtimeApi";
import { type Admitted, admit } from "./admit";
import { Blame } from "./blame";
import type { GatewayContext } from "./context";
import { openSession, type RequestSession } from "./sessions";

/**
 * WebSocket upgrades: the same matching, security, selection and sessions as requests, then http-proxy joins
 * the two sockets (`join.ts`). Another endpoint may be tried until the handshake
 * is complete: nothing of the caller's has been consumed by then.
 */
export function upgradeHandler(context: GatewayContext, tls: boolean) {
  return (req: IncomingMessage, socket: Socket, head: Buffer): void => {
    listen("socket error", socket, connectionOf(socket), () => socket.destroy());
    const start = performance.now();
    const headers = readRequestHeaders(req.rawHeaders);
    believe(headers, peer(req.socket, context.trusted));
    const secure = tls || cameSecurely(context, req, headers);
    const requestId = requestIdFor(headers);
    const from: Handshaking = { context, req, socket, head, headers, requestId, secure, start };
    const run = async () => {
      const admitted = await admit({ context, req, headers, secure, upgrade: true });
      if (!admitted.ok) refuse(from, admitted.answer, admitted.api);
      else if (req.method !== "GET" || headers.contentLength > 0 || headers.chunked) {
        // What follows the head would be a body to one reader and WebSocket frames to the next.
        refuse(from, answers.malformed("A WebSocket begins with a GET that has no body."), admitted.api);
      } else if (admitted.group.full) refuse(from, answers.tooBusy, admitted.api);
      else await new Upgrade(from, admitted).run();
    };
    run().catch((error: unknown) => {
      console.error(`Upgrade ${requestId}:`, error);
      refuse(from, answers.internalError, null);
    });
  };
}

function refuse(from: Handshaking, answer: answers.Answer, api: RuntimeApi | null): void {
  const { context, req, socket, headers, requestId, start } = from;
  answers.sendRaw(socket, answer, requestId);
  refused(context, req, headers, requestId, answer.status, start, api);
}

/** One admitted handshake, and the joined sockets until they end. */
class Upgrade implements Exposed, PickContext {
  readonly requestId: string;
  readonly clientIp: string;
  private readonly tried: RuntimeEndpoint[] = [];
  private readonly blame = new Blame();
  /** Ends what is waited for, whatever that is. */
  private wake: () => void = () => {};

  constructor(
    private readonly from: Handshaking,
    private readonly to: Extract<Admitted, { ok: true }>,
  ) {
    const { context, req, headers } = from;
    this.requestId = from.requestId;
    this.clientIp = clientAddress(peer(req.socket, context.trusted), headers, context.trusted);
  }

  random(): number {
    return Math.random();
  }

  header(name: string): string {
    return askedHeader(this.from.headers, name);
  }

  breakOff(): void {
    Reflect.deleteProperty(this.from.socket, "end");
    this.from.socket.destroy();
    this.wake();
  }

  /** Counts it for as long as it lasts; every way out of it leads through here. */
  async run(): Promise<void> {
    const { group } = this.to;
    let status: number = answers.internalError.status;
    group.active++;
    try {
      status = await this.tryUntilJoined();
    } catch (error) {
      console.error(`Upgrade ${this.requestId}:`, error);
      answers.sendRaw(this.from.socket, answers.internalError, this.requestId);
    } finally {
      group.active--;
      this.blame.judge(false, performance.now());
      this.record(status);
    }
  }

  /** Session pin if eligible, else algorithm -> handshake -> record outcome. Resolves when all is over. */
  private async tryUntilJoined(): Promise<number> {
    const { group, api } = this.to;
    const { socket, headers, context, secure } = this.from;
    const { maxAttempts } = api.definition.limits;
    // The body-bound kinds have nothing to read here; cookie and client ID header work as for requests.
    const session = await openSession(group, headers, null, context.pins, secure);
    let choice = this.firstChoice(session);
    let last: FailureCause | undefined;
    while (choice.endpoint && this.tried.length < maxAttempts) {
      const { endpoint, lastResort } = choice;
      const { live } = endpoint;
      const problem = await group.credentials?.ready();
      if (problem) {
        live.note(problem);
        return this.answer(answers.noCredentials);
      }
      if (socket.destroyed) return 0;
      this.tried.push(endpoint);
      const began = performance.now();
      const trial = live.begin();
      try {
        const outcome = await this.join(endpoint, session);
        const now = performance.now();
        if (outcome.kind === "gone") return 0;
        if (outcome.kind === "noDescriptors") {
          live.note(outcomeWords(outcome));
          return this.answer(answers.noDescriptors);
        }
        if (outcome.kind !== "failed") {
          live.succeeded(began, now);
          this.blame.judge(true, now);
          await this.closed();
          return outcome.kind === "open" ? 101 : outcome.status;
        }
        this.blame.failed(live, outcome.cause, outcome.words, began, now);
        last = outcome.cause;
      } finally {
        live.end(trial);
      }
      if (!group.failsOver) break;
      choice = group.choose(performance.now(), this.tried, this, !lastResort);
    }
    if (last !== undefined) {
      const failure = {
        kind: "failure",
        cause: last,
        written: false,
        answered: false,
        stale: false,
      } as const;
      return this.answer(answers.failed(failure));
    }
    const single = group.config.routing === "single";
    return this.answer(answers.noReadyEndpoint(single, choice.endpoint ? 0 : choice.retryAfterMs));
  }

  private firstChoice(session: RequestSession | undefined): Choice {
    const { group } = this.to;
    const now = performance.now();
    const id = session?.endpointId;
    const pinned = id === undefined ? undefined : group.pinned(id, now);
    return pinned ? { endpoint: pinned, lastResort: false } : group.choose(now, this.tried, this, true);
  }

  private answer(answer: answers.Answer): number {
    answers.sendRaw(this.from.socket, answer, this.requestId);
    return answer.status;
  }

  private join(endpoint: RuntimeEndpoint, session: RequestSession | undefined): Promise<Outcome> {
    const { from, to } = this;
    const head = this.tried.length === 1 ? from.head : Buffer.alloc(0);
    const join = new Join(from, to, endpoint, session, head, this);
    this.wake = () => join.giveUp();
    return join.run();
  }

  /** When the caller's connection has ended. */
  private closed(): Promise<unknown> {
    const { socket } = this.from;
    if (socket.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      this.wake = () => resolve(undefined);
      listenOnce("socket close", socket, this, () => resolve(undefined));
    });
  }

  private record(status: number): void {
    const { context, req, requestId, start } = this.from;
    const { api, keyType, route, consumer } = this.to;
    const ms = performance.now() - start;
    api.counters[keyType].record(status, ms, Math.max(0, this.tried.length - 1));
    context.log?.write({
      requestId,
      method: "GET",
      path: (req.url ?? "").split("?", 1)[0]!,
      status,
      ms: Math.round(ms * 100) / 100,
      client: this.clientIp,
      about: route.about[keyType],
      endpoint: this.tried.at(-1)?.id ?? "",
      attempts: this.tried.length,
      consumer,
    });
  }
}
