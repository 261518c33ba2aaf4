import { type ClientRequest, type IncomingMessage, Agent as PlainAgent, STATUS_CODES } from "node:http";
import { Agent, type AgentOptions } from "node:https";
import type { Socket } from "node:net";
import type { SecureContext } from "node:tls";
import httpProxy from "http-proxy";
import { isDescriptorShortage } from "#lib/node/descriptors";
import { lookupName } from "#lib/node/names";
import { connectCause, connectWords } from "#lib/node/socketWords";
import { causes, type FailureCause } from "#lib/traffic/outcome";
import { type Exposed, guard, listen, listenOnce } from "../boundary";
import { peer, pushForwarded } from "../callers/forwarded";
import * as answers from "../http/answers";
import { type RequestHeaders, responseHeaders, withoutBody } from "../http/headers";
import type { Admitted } from "../request/admit";
import { upstreamPath } from "../request/call";
import type { GatewayContext } from "../request/context";
import type { RequestSession } from "../request/sessions";
import type { RuntimeEndpoint } from "../routes/group";

/** One handshake of a WebSocket with one endpoint. The only file that imports http-proxy, which joins the two sockets. */

/** What a handshake comes with. */
export interface Handshaking {
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

/** How one handshake with one endpoint ended. */
export type Outcome =
  | { kind: "open" }
  | { kind: "refused"; status: number }
  | { kind: "failed"; cause: FailureCause; words: string }
  | { kind: "noDescriptors" }
  | { kind: "gone" };

/** Tries one endpoint; whoever asks (`owner`) is told how it ended, and is whom an exception concerns. */
export class Join {
  /** Ends the handshake under way as if the caller had left. */
  giveUp: () => void = () => {};

  /**
   * @param head what came behind the caller's head, for the first handshake: http-proxy puts it back into the socket
   * @param session learns of the endpoint once that has agreed
   */
  constructor(
    private readonly from: Handshaking,
    private readonly to: Extract<Admitted, { ok: true }>,
    private readonly endpoint: RuntimeEndpoint,
    private readonly session: RequestSession | undefined,
    private readonly head: Buffer,
    private readonly owner: Exposed,
  ) {}

  /** Resolves with how the handshake ended. Rejects with what is a fault of ours. */
  run(): Promise<Outcome> {
    const { socket, context } = this.from;
    const { endpoint, owner } = this;
    const { preserveHost, limits } = this.to.api.definition;
    return new Promise((resolve, reject) => {
      let request: ClientRequest | undefined;
      // http-proxy ends the caller's socket when an endpoint fails; until the handshake that is ours to decide.
      socket.end = () => socket;
      const release = () => Reflect.deleteProperty(socket, "end");
      const settle = (outcome: Outcome) => {
        clearTimeout(timer);
        socket.off("close", onClose);
        this.giveUp = () => {};
        resolve(outcome);
      };
      this.giveUp = () => {
        settle({ kind: "gone" });
        request?.destroy();
      };
      const timeUp = () => {
        request?.destroy(Object.assign(new Error("handshake timeout"), { code: "HANDSHAKE_TIMEOUT" }));
      };
      const timeoutMs = limits.connectTimeoutMs + endpoint.responseTimeoutMs;
      const timer = setTimeout(guard("handshake timeout", owner, timeUp), timeoutMs);
      const onClose = listen("handshake close", socket, owner, () => {
        release();
        request?.destroy();
        settle({ kind: "gone" });
      });
      // One for each handshake: what it emits then concerns nobody else.
      const proxy = httpProxy.createProxyServer({});
      listenOnce("handshake proxyReqWs", proxy, owner, (proxyReq: ClientRequest) => {
        request = proxyReq;
        this.setHeaders(proxyReq);
        listen("handshake upgrade", proxyReq, owner, (answer: IncomingMessage, other: Socket) => {
          release();
          this.join(answer, other);
          settle({ kind: "open" });
        });
        listen("handshake response", proxyReq, owner, (answer: IncomingMessage) => {
          release();
          this.passRefusal(answer);
          settle({ kind: "refused", status: answer.statusCode ?? 502 });
        });
      });
      const opened = (other: Socket) => context.webSockets.add(socket, other, owner);
      listenOnce("handshake open", proxy, owner, opened);
      const target = new URL(endpoint.config.url).origin;
      const { rejectUnauthorized: secure } = endpoint.live.tls;
      const options = { target, secure, agent: agentFor(endpoint), changeOrigin: !preserveHost };
      const failed = (error: NodeJS.ErrnoException) => {
        // It ends the socket right after this callback; before the next attempt begins it is a socket again.
        queueMicrotask(release);
        settle(failure(error));
      };
      // It puts the first bytes after the head back into the socket, once.
      try {
        proxy.ws(asked, socket, this.head, options, failed);
      } catch (error) {
        release();
        settle({ kind: "gone" });
        reject(error);
      }
    });
  }

  /** The endpoint agrees: http-proxy writes its answer next, and joins the two sockets. */
  private join(answer: IncomingMessage, other: Socket): void {
    const { socket, req } = this.from;
    const { idleTimeoutMs } = this.to.api.definition.limits;
    // Both were asked for, so both are answered, in this order (RFC 9110, section 7.8).
    if (req.headers.expect?.toLowerCase() === "100-continue") socket.write("HTTP/1.1 100 Continue\r\n\r\n");
    // http-proxy passes on an orderly end only; what is gone on one side must not stay on the other.
    listen("joined close", other, this.owner, () => {
      socket.destroySoon();
      // A caller who does not read what is left has had its time.
      setTimeout(() => socket.destroy(), idleTimeoutMs).unref();
    });
    listen("joined close", socket, this.owner, () => other.destroy());
    const added: string[] = [];
    this.session?.answered(this.endpoint.id, added);
    const cookies = added.filter((_, i) => i % 2 === 1);
    if (cookies.length > 0)
      answer.headers["set-cookie"] = [...(answer.headers["set-cookie"] ?? []), ...cookies];
    answer.headers["x-request-id"] = this.from.requestId;
  }

  /** The endpoint answers like to any request: http-proxy passes that on and ends the connection. */
  private passRefusal(answer: IncomingMessage): void {
    const { socket } = this.from;
    const { statusCode: status = 502 } = answer;
    if (status > 599) {
      // A status that HTTP does not have (RFC 9110, section 15), as for any request.
      answer.statusCode = answers.unknownStatus.status;
      answer.statusMessage = STATUS_CODES[answer.statusCode] ?? "";
    }
    // http-proxy writes these headers before a decoded body, which ends with the connection.
    const headers = responseHeaders(answer.rawHeaders, false);
    const kept = status === 204 || status === 205 ? withoutBody(status, headers) : headers;
    kept.push("Connection", "close", "X-Request-ID", this.from.requestId);
    answer.headers = {};
    for (let i = 0; i < kept.length; i += 2) {
      const before = answer.headers[kept[i]!];
      answer.headers[kept[i]!] = before === undefined ? kept[i + 1]! : [before, kept[i + 1]!].flat();
    }
    // Frames that were sent in advance are read by nobody: unread, they would keep the connection for ever.
    socket.resume();
    listen("handshake close", answer, this.owner, () => answers.lingerRaw(socket));
    const timeUp = guard("handshake timeout", this.owner, () => void answer.destroy());
    answer.setTimeout(this.to.api.definition.limits.idleTimeoutMs, timeUp);
  }

  /** Headers of the handshake as those of any request: ours about the caller, no cookie of ours. */
  private setHeaders(proxyReq: ClientRequest): void {
    const { context, req, headers, requestId, secure } = this.from;
    const { api, group, prefix, pathAndQuery } = this.to;
    for (const name of proxyReq.getHeaderNames()) if (name !== "host") proxyReq.removeHeader(name);
    if (api.definition.preserveHost) proxyReq.setHeader("Host", headers.host);
    const out = headers.forward.concat("Connection", "Upgrade", "Upgrade", "websocket");
    out.push("X-Request-ID", requestId);
    if (headers.cookie !== "") out.push("Cookie", headers.cookie);
    const from = peer(req.socket, context.trusted);
    pushForwarded(out, { from, headers, secure, prefix, loopId: api.loopId }, context.trusted);
    const path = upstreamPath(this.endpoint.pathPrefix, pathAndQuery);
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

function failure(error: NodeJS.ErrnoException): Outcome {
  if (isDescriptorShortage(error.code)) return { kind: "noDescriptors" };
  const cause = causeOf(error);
  return { kind: "failed", cause, words: connectWords(cause, error.code) ?? causes[cause].words };
}

function causeOf({ code = "" }: NodeJS.ErrnoException): FailureCause {
  if (code === "HANDSHAKE_TIMEOUT") return "responseTimeout";
  return connectCause(code) ?? (code.startsWith("HPE_") ? "protocol" : "closed");
}
