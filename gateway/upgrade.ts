import type { ClientRequest, IncomingMessage } from "node:http";
import { Agent, type AgentOptions } from "node:https";
import type { Socket } from "node:net";
import type { SecureContext } from "node:tls";
import httpProxy from "http-proxy";
import type { PickContext } from "#lib/algorithms";
import { causes, type FailureCause } from "#lib/outcome";
import { type Admitted, admit } from "./admit";
import * as answers from "./answers";
import { upstreamPath } from "./call";
import type { GatewayContext } from "./context";
import type { RuntimeEndpoint } from "./group";
import { cameSecurely, refused, requestIdFor } from "./handle";
import { askedHeader, believe, clientAddress, peer, pushForwarded, readRequestHeaders } from "./headers";
import { openSession } from "./sessions";
import type { RuntimeApi } from "./snapshot";
import { isTlsError, tlsWords } from "./trust";

/**
 * WebSocket upgrades: the same matching, security, selection and sessions as requests, then http-proxy joins
 * the two sockets. The only file that imports http-proxy. Another endpoint may be tried until the handshake
 * is complete: nothing of the caller's has been consumed by then.
 */
export function upgradeHandler(context: GatewayContext, tls: boolean) {
  const proxy = httpProxy.createProxyServer({});
  return (req: IncomingMessage, socket: Socket, head: Buffer): void => {
    socket.on("error", () => socket.destroy());
    const start = performance.now();
    const headers = readRequestHeaders(req.rawHeaders);
    believe(headers, peer(req.socket, context.trusted));
    const secure = tls || cameSecurely(context, req, headers);
    const requestId = requestIdFor(headers);
    const refuse = (answer: answers.Answer, api: RuntimeApi | null) => {
      answers.sendRaw(socket, answer, requestId);
      refused(context, req, headers, requestId, answer.status, start, api);
    };
    const run = async () => {
      const admitted = await admit({ context, req, headers, secure, upgrade: true });
      if (!admitted.ok) refuse(admitted.answer, admitted.api);
      else if (req.method !== "GET" || headers.contentLength > 0 || headers.chunked) {
        // What follows the head would be a body to one reader and WebSocket frames to the next.
        refuse(answers.malformed("A WebSocket begins with a GET that has no body."), admitted.api);
      } else
        await upgrade({ context, proxy, req, socket, head, headers, requestId, secure, start }, admitted);
    };
    run().catch((error: unknown) => {
      console.error(`Upgrade ${requestId}:`, error);
      refuse(answers.internalError, null);
    });
  };
}

interface Upgrade {
  readonly context: GatewayContext;
  readonly proxy: httpProxy;
  readonly req: IncomingMessage;
  readonly socket: Socket;
  readonly head: Buffer;
  readonly headers: ReturnType<typeof readRequestHeaders>;
  readonly requestId: string;
  readonly secure: boolean;
  readonly start: number;
}

/** How one handshake ended. */
type Handshake =
  | { kind: "open" }
  | { kind: "refused"; status: number }
  | { kind: "failed"; cause: FailureCause; words: string }
  | { kind: "gone" };

async function upgrade(from: Upgrade, to: Extract<Admitted, { ok: true }>): Promise<void> {
  const { context, req, headers, socket, requestId } = from;
  const { group, api, keyType, route } = to;
  const { limits } = api.definition;
  if (group.full) {
    answers.sendRaw(socket, answers.tooBusy, requestId);
    return refused(context, req, headers, requestId, answers.tooBusy.status, from.start, api);
  }
  group.active++;
  const tried: RuntimeEndpoint[] = [];
  const client = clientAddress(peer(req.socket, context.trusted), headers, context.trusted);
  const pickContext: PickContext = {
    random: Math.random,
    clientIp: client,
    header: (name) => askedHeader(headers, name),
  };
  // The body-bound kinds have nothing to read here; cookie and client ID header work as for requests.
  const session = await openSession(group, headers, null, context.pins, from.secure);
  const finish = (status: number) => {
    group.active--;
    const ms = performance.now() - from.start;
    api.counters[keyType].record(status, ms, Math.max(0, tried.length - 1));
    context.log?.write({
      requestId,
      method: "GET",
      path: (req.url ?? "").split("?", 1)[0]!,
      status,
      ms: Math.round(ms * 100) / 100,
      client,
      about: route.about[keyType],
      endpoint: tried.at(-1)?.id ?? "",
      attempts: tried.length,
      consumer: to.consumer,
    });
  };
  const pinned =
    session?.endpointId === undefined ? undefined : group.pinned(session.endpointId, performance.now());
  let choice = pinned
    ? { endpoint: pinned, lastResort: false }
    : group.choose(performance.now(), tried, pickContext, true);
  let last: FailureCause | undefined;
  while (choice.endpoint && tried.length < limits.maxAttempts) {
    const { endpoint } = choice;
    tried.push(endpoint);
    const { live } = endpoint;
    const began = performance.now();
    const trial = live.begin();
    const answered: string[] = [];
    // http-proxy puts the first bytes after the head back into the socket, once.
    const head = tried.length === 1 ? from.head : Buffer.alloc(0);
    const problem = await group.credentials?.ready();
    if (problem) {
      live.note(problem);
      live.end(trial);
      answers.sendRaw(socket, answers.noCredentials, requestId);
      return finish(answers.noCredentials.status);
    }
    if (socket.destroyed) {
      live.end(trial);
      return finish(0);
    }
    const outcome = await handshake(from, to, endpoint, head, () => {
      session?.answered(endpoint.id, answered);
      return answered;
    });
    const now = performance.now();
    if (outcome.kind === "failed") {
      live.failed(outcome.cause, outcome.words, began, now);
      live.end(trial);
      last = outcome.cause;
      if (!group.failsOver) break;
      choice = group.choose(now, tried, pickContext, !choice.lastResort);
      continue;
    }
    if (outcome.kind !== "gone") live.succeeded(began, now);
    const status = outcome.kind === "open" ? 101 : outcome.kind === "refused" ? outcome.status : 0;
    const over = () => {
      live.end(trial);
      finish(status);
    };
    if (socket.destroyed) over();
    else socket.once("close", over);
    return;
  }
  const answer =
    last === undefined
      ? answers.noReadyEndpoint(group.config.routing === "single", choice.endpoint ? 0 : choice.retryAfterMs)
      : answers.failed({ kind: "failure", cause: last, written: false, answered: false, stale: false });
  answers.sendRaw(socket, answer, requestId);
  finish(answer.status);
}

/** One handshake with one endpoint. `answered` gives headers to add once the endpoint has agreed. */
function handshake(
  from: Upgrade,
  to: Extract<Admitted, { ok: true }>,
  endpoint: RuntimeEndpoint,
  head: Buffer,
  answered: () => string[],
): Promise<Handshake> {
  const { proxy, req, socket, requestId } = from;
  const { preserveHost, limits } = to.api.definition;
  return new Promise((resolve) => {
    let settled = false;
    const settle = (outcome: Handshake) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      socket.off("close", onClose);
      resolve(outcome);
    };
    // http-proxy ends the caller's socket when an endpoint fails; until the handshake that is ours to decide.
    socket.end = () => socket;
    const release = () => Reflect.deleteProperty(socket, "end");
    let request: ClientRequest | undefined;
    const timer = setTimeout(() => {
      request?.destroy(Object.assign(new Error("handshake timeout"), { code: "HANDSHAKE_TIMEOUT" }));
    }, limits.connectTimeoutMs + endpoint.responseTimeoutMs);
    const onClose = () => {
      release();
      request?.destroy();
      settle({ kind: "gone" });
    };
    socket.on("close", onClose);
    proxy.once("proxyReqWs", (proxyReq) => {
      request = proxyReq;
      setHeaders(proxyReq, from, to, endpoint);
      proxyReq.on("upgrade", (answer, backendSocket: Socket) => {
        release();
        // http-proxy passes on an orderly end only; what is gone on one side must not stay on the other.
        backendSocket.on("close", () => socket.destroySoon());
        socket.on("close", () => backendSocket.destroy());
        const added = answered();
        const cookies = added.filter((_, i) => i % 2 === 1);
        if (cookies.length > 0)
          answer.headers["set-cookie"] = [...(answer.headers["set-cookie"] ?? []), ...cookies];
        answer.headers["x-request-id"] = requestId;
        settle({ kind: "open" });
      });
      proxyReq.on("response", (answer) => {
        release();
        // http-proxy writes these headers before a decoded body, which ends with the connection.
        delete answer.headers["transfer-encoding"];
        answer.headers.connection = "close";
        answer.headers["x-request-id"] = requestId;
        settle({ kind: "refused", status: answer.statusCode ?? 502 });
      });
    });
    const target = new URL(endpoint.config.url);
    proxy.ws(
      req,
      socket,
      head,
      {
        target: target.origin,
        secure: endpoint.live.tls.rejectUnauthorized,
        agent: agentFor(endpoint.live.tls.secureContext),
        changeOrigin: !preserveHost,
        ignorePath: false,
      },
      (error: NodeJS.ErrnoException) => {
        // It ends the socket right after this callback; before the next attempt begins it is a socket again.
        queueMicrotask(release);
        const cause = causeOf(error);
        const words = cause === "tls" ? tlsWords(error.code ?? "") : causes[cause].words;
        settle({ kind: "failed", cause, words });
      },
    );
  });
}

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

/** Headers of the handshake as those of any request: ours about the caller, no cookie of ours. */
function setHeaders(
  proxyReq: ClientRequest,
  { context, req, headers, requestId, secure }: Upgrade,
  to: Extract<Admitted, { ok: true }>,
  endpoint: RuntimeEndpoint,
): void {
  for (const name of proxyReq.getHeaderNames()) if (name !== "host") proxyReq.removeHeader(name);
  if (to.api.definition.preserveHost) proxyReq.setHeader("Host", headers.host);
  const out = headers.forward.concat(
    "Connection",
    "Upgrade",
    "Upgrade",
    "websocket",
    "X-Request-ID",
    requestId,
  );
  if (headers.cookie !== "") out.push("Cookie", headers.cookie);
  const arrived = {
    from: peer(req.socket, context.trusted),
    headers,
    secure,
    prefix: to.prefix,
    loopId: to.api.loopId,
  };
  pushForwarded(out, arrived, context.trusted);
  const path = upstreamPath(endpoint.pathPrefix, to.pathAndQuery);
  proxyReq.path = to.group.credentials?.apply("GET", path, out) ?? path;
  for (let i = 0; i < out.length; i += 2) proxyReq.appendHeader(out[i]!, out[i + 1]!);
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
