import type { ClientRequest, IncomingMessage } from "node:http";
import { Agent, type AgentOptions } from "node:https";
import type { Socket } from "node:net";
import type { SecureContext } from "node:tls";
import httpProxy from "http-proxy";
import type { PickContext } from "#lib/algorithms";
import { isTlsError, tlsWords } from "#lib/node/trust";
import { causes, type FailureCause } from "#lib/outcome";
import { type Admitted, admit } from "./admit";
import * as answers from "./answers";
import { connectionOf, type Exposed, guard, listen, listenOnce } from "./boundary";
import { upstreamPath } from "./call";
import type { GatewayContext } from "./context";
import { believe, clientAddress, peer, pushForwarded } from "./forwarded";
import type { Choice, RuntimeEndpoint } from "./group";
import { cameSecurely, refused, requestIdFor } from "./handle";
import { askedHeader, type RequestHeaders, readRequestHeaders } from "./headers";
import { openSession, type RequestSession } from "./sessions";
import type { RuntimeApi } from "./snapshot";

/**
 * WebSocket upgrades: the same matching, security, selection and sessions as requests, then http-proxy joins
 * the two sockets. The only file that imports http-proxy. Another endpoint may be tried until the handshake
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

/** What a handshake comes with. */
interface Handshaking {
  readonly context: GatewayContext;
  readonly req: IncomingMessage;
  readonly socket: Socket;
  /** What came behind its head. */
  readonly head: Buffer;
  readonly headers: RequestHeaders;
  readonly requestId: string;
  readonly secure: boolean;
  readonly start: number;
}

function refuse(from: Handshaking, answer: answers.Answer, api: RuntimeApi | null): void {
  const { context, req, socket, headers, requestId, start } = from;
  answers.sendRaw(socket, answer, requestId);
  refused(context, req, headers, requestId, answer.status, start, api);
}

/** How one handshake with one endpoint ended. */
type Outcome =
  | { kind: "open" }
  | { kind: "refused"; status: number }
  | { kind: "failed"; cause: FailureCause; words: string }
  | { kind: "gone" };

/** One admitted handshake, and the joined sockets until they end. */
class Upgrade implements Exposed, PickContext {
  readonly requestId: string;
  readonly clientIp: string;
  private readonly tried: RuntimeEndpoint[] = [];
  /** Ends what is waited for, whatever that is. */
  private wake: (outcome: Outcome) => void = () => {};

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
    this.wake({ kind: "gone" });
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
        const outcome = await this.handshake(endpoint, session);
        const now = performance.now();
        if (outcome.kind === "gone") return 0;
        if (outcome.kind !== "failed") {
          live.succeeded(began, now);
          await this.closed();
          return outcome.kind === "open" ? 101 : outcome.status;
        }
        live.failed(outcome.cause, outcome.words, began, now);
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

  /** When the caller's connection has ended. */
  private closed(): Promise<unknown> {
    const { socket } = this.from;
    if (socket.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      this.wake = resolve;
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

  /** One handshake with one endpoint, which the session learns of once the endpoint has agreed. */
  private handshake(endpoint: RuntimeEndpoint, session: RequestSession | undefined): Promise<Outcome> {
    const { socket } = this.from;
    const { preserveHost, limits } = this.to.api.definition;
    return new Promise((resolve, reject) => {
      let request: ClientRequest | undefined;
      // http-proxy ends the caller's socket when an endpoint fails; until the handshake that is ours to decide.
      socket.end = () => socket;
      const release = () => Reflect.deleteProperty(socket, "end");
      const settle = (outcome: Outcome) => {
        clearTimeout(timer);
        socket.off("close", onClose);
        this.wake = () => {};
        resolve(outcome);
      };
      this.wake = (outcome) => {
        settle(outcome);
        request?.destroy();
      };
      const timeUp = () => {
        request?.destroy(Object.assign(new Error("handshake timeout"), { code: "HANDSHAKE_TIMEOUT" }));
      };
      const timeoutMs = limits.connectTimeoutMs + endpoint.responseTimeoutMs;
      const timer = setTimeout(guard("handshake timeout", this, timeUp), timeoutMs);
      const onClose = listen("handshake close", socket, this, () => {
        release();
        request?.destroy();
        settle({ kind: "gone" });
      });
      // One for each handshake: what it emits then concerns nobody else.
      const proxy = httpProxy.createProxyServer({});
      listenOnce("handshake proxyReqWs", proxy, this, (proxyReq: ClientRequest) => {
        request = proxyReq;
        this.setHeaders(proxyReq, endpoint);
        listen("handshake upgrade", proxyReq, this, (answer: IncomingMessage, other: Socket) => {
          release();
          this.join(answer, other, endpoint, session);
          settle({ kind: "open" });
        });
        listen("handshake response", proxyReq, this, (answer: IncomingMessage) => {
          release();
          this.passRefusal(answer);
          settle({ kind: "refused", status: answer.statusCode ?? 502 });
        });
      });
      const target = new URL(endpoint.config.url).origin;
      const { rejectUnauthorized: secure, secureContext } = endpoint.live.tls;
      const options = { target, secure, agent: agentFor(secureContext), changeOrigin: !preserveHost };
      const failed = (error: NodeJS.ErrnoException) => {
        // It ends the socket right after this callback; before the next attempt begins it is a socket again.
        queueMicrotask(release);
        const cause = causeOf(error);
        settle({
          kind: "failed",
          cause,
          words: cause === "tls" ? tlsWords(error.code ?? "") : causes[cause].words,
        });
      };
      // It puts the first bytes after the head back into the socket, once.
      const head = this.tried.length === 1 ? this.from.head : Buffer.alloc(0);
      try {
        proxy.ws(asked, socket, head, options, failed);
      } catch (error) {
        release();
        settle({ kind: "gone" });
        reject(error);
      }
    });
  }

  /** The endpoint agrees: http-proxy writes its answer next, and joins the two sockets. */
  private join(
    answer: IncomingMessage,
    other: Socket,
    endpoint: RuntimeEndpoint,
    session: RequestSession | undefined,
  ): void {
    const { socket, req } = this.from;
    const { idleTimeoutMs } = this.to.api.definition.limits;
    // Both were asked for, so both are answered, in this order (RFC 9110, section 7.8).
    if (req.headers.expect?.toLowerCase() === "100-continue") socket.write("HTTP/1.1 100 Continue\r\n\r\n");
    // http-proxy passes on an orderly end only; what is gone on one side must not stay on the other.
    listen("joined close", other, this, () => {
      socket.destroySoon();
      // A caller who does not read what is left has had its time.
      setTimeout(() => socket.destroy(), idleTimeoutMs).unref();
    });
    listen("joined close", socket, this, () => other.destroy());
    const added: string[] = [];
    session?.answered(endpoint.id, added);
    const cookies = added.filter((_, i) => i % 2 === 1);
    if (cookies.length > 0)
      answer.headers["set-cookie"] = [...(answer.headers["set-cookie"] ?? []), ...cookies];
    answer.headers["x-request-id"] = this.requestId;
  }

  /** The endpoint answers like to any request: http-proxy passes that on and ends the connection. */
  private passRefusal(answer: IncomingMessage): void {
    const { socket } = this.from;
    // http-proxy writes these headers before a decoded body, which ends with the connection.
    delete answer.headers["transfer-encoding"];
    delete answer.headers["keep-alive"];
    answer.headers.connection = "close";
    answer.headers["x-request-id"] = this.requestId;
    // Frames that were sent in advance are read by nobody: unread, they would keep the connection for ever.
    socket.resume();
    listen("handshake close", answer, this, () => answers.lingerRaw(socket));
    const timeUp = guard("handshake timeout", this, () => void answer.destroy());
    answer.setTimeout(this.to.api.definition.limits.idleTimeoutMs, timeUp);
  }

  /** Headers of the handshake as those of any request: ours about the caller, no cookie of ours. */
  private setHeaders(proxyReq: ClientRequest, endpoint: RuntimeEndpoint): void {
    const { context, req, headers, requestId, secure } = this.from;
    const { api, group, prefix, pathAndQuery } = this.to;
    for (const name of proxyReq.getHeaderNames()) if (name !== "host") proxyReq.removeHeader(name);
    if (api.definition.preserveHost) proxyReq.setHeader("Host", headers.host);
    const out = headers.forward.concat("Connection", "Upgrade", "Upgrade", "websocket");
    out.push("X-Request-ID", requestId);
    if (headers.cookie !== "") out.push("Cookie", headers.cookie);
    const from = peer(req.socket, context.trusted);
    pushForwarded(out, { from, headers, secure, prefix, loopId: api.loopId }, context.trusted);
    const path = upstreamPath(endpoint.pathPrefix, pathAndQuery);
    proxyReq.path = group.credentials?.apply("GET", path, out) ?? path;
    for (let i = 0; i < out.length; i += 2) proxyReq.appendHeader(out[i]!, out[i + 1]!);
  }
}

/**
 * All that http-proxy learns of a handshake. Given the caller's fields, it would write some of them (`Expect` makes
 * node send a head at once) before ours could take their place.
 */
const asked = {
  method: "GET",
  url: "/",
  headers: { connection: "Upgrade", upgrade: "websocket" },
} as unknown as IncomingMessage;

const agents = new WeakMap<SecureContext, Agent>();

/** http-proxy passes a context on through an agent only, which keeps no connection: they become WebSockets. */
function agentFor(secureContext: SecureContext | undefined): Agent | undefined {
  if (!secureContext) return undefined;
  let agent = agents.get(secureContext);
  if (!agent) {
    agent = new Agent({ secureContext } as AgentOptions);
    agents.set(secureContext, agent);
  }
  return agent;
}

function causeOf(error: NodeJS.ErrnoException): FailureCause {
  switch (error.code) {
    case "HANDSHAKE_TIMEOUT":
      return "responseTimeout";
    case "ETIMEDOUT":
      return "connectTimeout";
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return "dns";
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return "unreachable";
    case "ECONNREFUSED":
      return "refused";
    default:
      if (error.code?.startsWith("HPE_")) return "protocol";
      return isTlsError(error.code ?? "") ? "tls" : "closed";
  }
}
