import { type ClientRequest, type IncomingMessage, Agent as PlainAgent } from "node:http";
import { Agent, type AgentOptions } from "node:https";
import type { Socket } from "node:net";
import type { SecureContext } from "node:tls";
import httpProxy from "http-proxy";
import type { Limits } from "#lib/edit/api";
import { isDescriptorShortage } from "#lib/node/descriptors";
import { lookupName } from "#lib/node/names";
import { connectCause, connectWords } from "#lib/node/socketWords";
import { causes, type FailureCause, type Outcome } from "#lib/traffic/outcome";
import { type Exposed, guard, listen, listenOnce } from "../boundary";
import { responseHeaders, withoutBody } from "../http/headers";
import { holdEnd } from "../http/nodeTricks";
import { lingerRaw, rawHead } from "../http/rawAnswers";
import type { Sending } from "../request/upstream";
import type { RuntimeEndpoint } from "../routes/group";
import type { WebSockets } from "./joined";

/** One handshake of a WebSocket with one endpoint. The only file that imports http-proxy, which joins the two sockets. */

/** Whose handshake it is. */
export interface Handshake extends Exposed {
  /** The endpoint gets the caller's `Host`. */
  readonly preservesHost: boolean;
  /** The caller waits for `100 Continue`. */
  readonly expectsContinue: boolean;
  /**
   * The head of the endpoint's answer, raw; `headers` (name, value, ...) are added to it. False: not wanted, the
   * handshake ends here.
   */
  onHead(status: number, raw: readonly string[], headers: string[]): boolean;
}

/** Tries one endpoint; whose handshake it is (`owner`) is told how it ended, and is whom an exception concerns. */
export class Join {
  /** Ends the handshake under way as if the caller had left. */
  giveUp: () => void = () => {};
  private request: ClientRequest | undefined;

  /** @param head what came behind the caller's head */
  constructor(
    private readonly socket: Socket,
    private readonly endpoint: RuntimeEndpoint,
    private readonly sending: Sending,
    private readonly head: Buffer,
    private readonly owner: Handshake,
  ) {}

  /** Resolves with how the handshake ended: the sockets may be joined then. Rejects with what is a fault of ours. */
  run(webSockets: WebSockets, limits: Limits): Promise<Outcome> {
    const { socket, owner } = this;
    return new Promise((resolve, reject) => {
      // http-proxy ends the caller's socket when an endpoint fails; until the handshake that is ours to decide.
      const release = holdEnd(socket);
      const stopTimer = this.limitTime(limits.connectTimeoutMs);
      const settle = (outcome: Outcome) => {
        stopTimer();
        socket.off("close", onClose);
        this.giveUp = () => {};
        resolve(outcome);
      };
      this.giveUp = () => {
        settle({ kind: "clientGone" });
        this.request?.destroy();
      };
      const onClose = listen("handshake close", socket, owner, () => {
        release();
        this.giveUp();
      });
      // One for each handshake: what it emits then concerns nobody else.
      const proxy = httpProxy.createProxyServer({});
      listenOnce("handshake proxyReqWs", proxy, owner, (request: ClientRequest) => {
        this.request = request;
        this.write(request);
        listen("handshake upgrade", request, owner, (answer: IncomingMessage, other: Socket) => {
          release();
          this.join(answer, other, limits.idleTimeoutMs);
          settle({ kind: "response", status: 101 });
        });
      });
      listenOnce("handshake open", proxy, owner, (other: Socket) => webSockets.add(socket, other, owner));
      const failed = (error: NodeJS.ErrnoException) => {
        // It ends the socket right after this callback; before the next attempt begins it is a socket again.
        queueMicrotask(release);
        settle(failure(error));
      };
      // It puts the first bytes after the head back into the socket, once.
      try {
        proxy.ws(asked, socket, this.head, this.options(), failed);
        // It would pass on whatever comes, also what is to be asked again for.
        this.request?.removeAllListeners("response");
        listen("handshake response", this.request!, owner, (answer: IncomingMessage) => {
          release();
          this.answered(answer, limits.idleTimeoutMs);
          settle({ kind: "response", status: answer.statusCode ?? 502 });
        });
      } catch (error) {
        release();
        settle({ kind: "clientGone" });
        reject(error);
      }
    });
  }

  private options() {
    const { endpoint, owner } = this;
    const target = new URL(endpoint.config.url).origin;
    const { rejectUnauthorized: secure } = endpoint.live.tls;
    return { target, secure, agent: agentFor(endpoint), changeOrigin: !owner.preservesHost };
  }

  /** First for the connection, then for the answer, and never beyond the deadline. Returns what ends that. */
  private limitTime(connectTimeoutMs: number): () => void {
    const left = () => Math.max(0, this.sending.deadline - performance.now());
    const end = (code: string) =>
      this.request?.destroy(Object.assign(new Error("handshake timeout"), { code }));
    const noAnswer = guard("handshake timeout", this.owner, () => end("HANDSHAKE_TIMEOUT"));
    const notConnected = guard("handshake timeout", this.owner, () => {
      if (isConnected(this.request)) {
        timer = setTimeout(noAnswer, Math.min(left(), this.endpoint.responseTimeoutMs));
      } else end("CONNECT_TIMEOUT");
    });
    let timer = setTimeout(notConnected, Math.min(left(), connectTimeoutMs));
    return () => clearTimeout(timer);
  }

  /** The endpoint agrees: http-proxy writes its answer next, and joins the two sockets. */
  private join(answer: IncomingMessage, other: Socket, idleTimeoutMs: number): void {
    const { socket, owner } = this;
    const added: string[] = [];
    owner.onHead(101, answer.rawHeaders, added);
    // Both were asked for, so both are answered, in this order (RFC 9110, section 7.8).
    if (owner.expectsContinue) socket.write("HTTP/1.1 100 Continue\r\n\r\n");
    // http-proxy passes on an orderly end only; what is gone on one side must not stay on the other.
    listen("joined close", other, owner, () => {
      socket.destroySoon();
      // A caller who does not read what is left has had its time.
      setTimeout(() => socket.destroy(), idleTimeoutMs).unref();
    });
    listen("joined close", socket, owner, () => other.destroy());
    add(answer.headers, added);
  }

  /** The endpoint answers like to any request: the caller gets that, and the connection ends. */
  private answered(answer: IncomingMessage, idleTimeoutMs: number): void {
    const { socket, owner } = this;
    const { statusCode: status = 502, statusMessage = "" } = answer;
    // The body comes decoded, and ends with the connection.
    const headers = responseHeaders(answer.rawHeaders, false);
    const kept = status === 204 || status === 205 ? withoutBody(status, headers) : headers;
    kept.push("Connection", "close");
    if (!owner.onHead(status, answer.rawHeaders, kept)) {
      this.request?.destroy();
      return;
    }
    socket.write(rawHead(status, statusMessage, kept), "latin1");
    answer.pipe(socket);
    // Frames that were sent in advance are read by nobody: unread, they would keep the connection for ever.
    socket.resume();
    listen("handshake close", answer, owner, () => lingerRaw(socket));
    answer.setTimeout(
      idleTimeoutMs,
      guard("handshake timeout", owner, () => void answer.destroy()),
    );
  }

  /** The fields are those of any request; `Host` is by `changeOrigin`. */
  private write(request: ClientRequest): void {
    const { path, headers } = this.sending;
    for (const name of request.getHeaderNames()) if (name !== "host") request.removeHeader(name);
    request.path = path;
    for (let i = 0; i < headers.length; i += 2) {
      if (headers[i] === "Host") request.setHeader("Host", headers[i + 1]!);
      else request.appendHeader(headers[i]!, headers[i + 1]!);
    }
  }
}

/** Adds fields (name, value, ...) to those that http-proxy writes. */
function add(headers: IncomingMessage["headers"], added: readonly string[]): void {
  for (let i = 0; i < added.length; i += 2) {
    const name = added[i]!;
    const key = name.toLowerCase() === "set-cookie" ? "set-cookie" : name;
    const before = headers[key];
    headers[key] = before === undefined ? added[i + 1]! : [before, added[i + 1]!].flat();
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

// What http-proxy passes on through an agent only, which keeps no connection: they become WebSockets.
const plainAgent = new PlainAgent({ lookup: lookupName } as AgentOptions);
const agents = new WeakMap<RuntimeEndpoint, { agent: Agent; secureContext: SecureContext | undefined }>();

/** Its name for TLS is the endpoint's: node's own choice would be the caller's `Host` where that is kept. */
function agentFor(endpoint: RuntimeEndpoint): PlainAgent {
  if (endpoint.config.url.startsWith("http:")) return plainAgent;
  const { secureContext } = endpoint.live.tls;
  const made = agents.get(endpoint);
  if (made && made.secureContext === secureContext) return made.agent;
  const { servername = "" } = endpoint;
  const agent = new Agent({ secureContext, servername, lookup: lookupName } as AgentOptions);
  agents.set(endpoint, { agent, secureContext });
  return agent;
}

function isConnected(request: ClientRequest | undefined): boolean {
  const socket = request?.socket as (Socket & { secureConnecting?: boolean }) | null | undefined;
  return socket ? !socket.connecting && socket.secureConnecting !== true : false;
}

function failure(error: NodeJS.ErrnoException): Outcome {
  if (isDescriptorShortage(error.code)) return { kind: "noDescriptors" };
  const cause = causeOf(error);
  const words = connectWords(cause, error.code);
  const written = causes[cause].about === "exchange";
  return { kind: "failure", cause, written, answered: false, stale: false, words };
}

function causeOf({ code = "" }: NodeJS.ErrnoException): FailureCause {
  if (code === "HANDSHAKE_TIMEOUT") return "responseTimeout";
  if (code === "CONNECT_TIMEOUT") return "connectTimeout";
  return connectCause(code) ?? (code.startsWith("HPE_") ? "protocol" : "closed");
}
