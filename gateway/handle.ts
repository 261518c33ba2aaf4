import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import type { PickContext } from "#lib/algorithms";
import { causes, type Outcome } from "#lib/outcome";
import { isIdempotent, mayTryAgain } from "#lib/retry";
import { pinHolds } from "#lib/session";
import {
  type Answer,
  bodyTooLarge,
  callerTooSlow,
  failed,
  internalError,
  malformed,
  methodNotAllowed,
  noEndpointConfigured,
  noReadyEndpoint,
  send,
  unknownContext,
  unknownResource,
} from "./answers";
import { Attempt, type Exchange } from "./attempt";
import { RequestBody } from "./body";
import type { Group, RuntimeEndpoint } from "./group";
import {
  peerAddress,
  pushForwarded,
  type RequestHeaders,
  readRequestHeaders,
  responseHeaders,
  wellFormedRequestId,
} from "./headers";
import { findApi, type Route, type RuntimeApi, type Snapshot } from "./snapshot";
import { MAX_TARGET, parseTarget } from "./target";

/** Most header fields of a request. */
const MAX_FIELDS = 100;

const idPrefix = randomBytes(6).toString("hex");
let idCounter = 0;

/** Unique across restarts and gateways by its prefix, and costs nothing random per request. */
function newRequestId(): string {
  return `${idPrefix}-${(++idCounter).toString(36).padStart(6, "0")}`;
}

/** The listener for requests. `snapshot` gives the routing table of the moment; a request keeps the one it began with. */
export function requestHandler(snapshot: () => Snapshot, secure: boolean) {
  return (req: IncomingMessage, res: ServerResponse): void => {
    const headers = readRequestHeaders(req.rawHeaders);
    const requestId = wellFormedRequestId(headers.requestId) ? headers.requestId : newRequestId();
    try {
      const refused = serve(snapshot(), req, res, headers, requestId, secure);
      if (refused) send(res, refused, requestId);
    } catch (error) {
      console.error(`Request ${requestId}:`, error);
      if (!res.headersSent) send(res, internalError, requestId);
    }
  };
}

/** Match, authenticate, choose the group; then the call takes over. Returns what to answer instead. */
function serve(
  snapshot: Snapshot,
  req: IncomingMessage,
  res: ServerResponse,
  headers: RequestHeaders,
  requestId: string,
  secure: boolean,
): Answer | undefined {
  if (headers.problem) return malformed(headers.problem);
  if (req.rawHeaders.length > 2 * MAX_FIELDS) return { ...malformed("Too many header fields."), status: 431 };
  const url = req.url!;
  if (url.length > MAX_TARGET) return { ...malformed("The request target is too long."), status: 414 };
  const target = parseTarget(url, req.socket.localAddress);
  if (!target.ok) return malformed(target.problem);
  const api = findApi(snapshot, target.path);
  if (!api) return unknownContext;
  const path = target.path.slice(api.basePath.length);
  const match = api.find(req.method!, path);
  if (match.kind === "none") return unknownResource;
  if (match.kind === "otherMethod") return optionsOr405(req.method!, match.allow);
  // Authentication comes here with tokens; until then production is used, else sandbox.
  const group = match.route.groups.production ?? match.route.groups.sandbox;
  if (!group) return noEndpointConfigured;
  const call = new Call(req, res, headers, requestId, secure, api, match.route, group, path + target.query);
  call.run().catch((error: unknown) => call.crash(error));
}

/** Undeclared OPTIONS says what is allowed (spec/gateway.md section 1). */
function optionsOr405(method: string, allow: string[]): Answer {
  const all = [...allow, "OPTIONS"];
  if (method !== "OPTIONS") return methodNotAllowed(all);
  return { status: 204, code: "204", message: "", description: "", headers: { Allow: all.join(", ") } };
}

/** One request on its way: session, choice, attempts, answer. */
class Call implements Exchange, PickContext {
  readonly method: string;
  private readonly idempotent: boolean;
  private readonly requestBody: RequestBody | null;
  private readonly cookie: string;
  private pinnedTo: string | undefined;
  private attempt: Attempt | null = null;
  private current!: RuntimeEndpoint;
  private attemptStart = 0;
  private statusRetries: number;
  private mayRetryStatus = false;
  private callerGone = false;
  private retrying = false;
  private readonly tried: RuntimeEndpoint[] = [];

  constructor(
    private readonly req: IncomingMessage,
    private readonly res: ServerResponse,
    private readonly headers: RequestHeaders,
    private readonly requestId: string,
    private readonly secure: boolean,
    private readonly api: RuntimeApi,
    readonly route: Route,
    private readonly group: Group,
    private readonly pathAndQuery: string,
  ) {
    this.method = req.method!;
    this.idempotent = isIdempotent(this.method, headers.hasIdempotencyKey);
    const { limits } = api.definition;
    this.requestBody = hasBody(req)
      ? new RequestBody(req, limits.replayBytes, limits.maxBodyBytes, () => this.attempt?.abandon("tooLarge"))
      : null;
    this.statusRetries = group.config.retryOnStatus.count;
    this.cookie = headers.cookie;
    if (group.session?.kind === "transport") {
      const { pin, rest } = group.cookie.read(headers.cookie);
      this.cookie = rest;
      if (pin && pinHolds(pin, group.session.timeoutMs, Date.now())) this.pinnedTo = pin.endpointId;
    }
  }

  /** Session pin if eligible, else algorithm -> attempt -> record -> retry rule -> respond. */
  async run(): Promise<void> {
    const { group } = this;
    const { limits } = this.api.definition;
    const length = Number(this.req.headers["content-length"] ?? 0);
    if (limits.maxBodyBytes !== null && length > limits.maxBodyBytes) return this.respond(bodyTooLarge);
    this.res.on("close", this.onClose);
    this.res.on("drain", this.onDrain);
    group.active++;
    try {
      const deadline = performance.now() + limits.deadlineMs;
      let choice = this.firstChoice();
      let usedLastResort = false;
      let fresh = false;
      for (let attempts = 1; ; attempts++) {
        if (!choice.endpoint) return this.respond(noReadyEndpoint(this.single, choice.retryAfterMs));
        usedLastResort ||= choice.lastResort;
        const endpoint = choice.endpoint;
        this.mayRetryStatus = attempts < limits.maxAttempts && this.statusRetries > 0 && this.idempotent;
        const outcome = await this.send(endpoint, deadline, fresh);
        if (this.callerGone || this.res.destroyed) return;
        if (outcome.kind === "clientGone")
          return this.respond(this.requestBody?.tooLarge ? bodyTooLarge : callerTooSlow);
        if (outcome.kind === "response" && this.res.headersSent) return;
        const stale = outcome.kind === "failure" && outcome.stale;
        const out = attempts >= limits.maxAttempts || performance.now() >= deadline || !this.replayable;
        if (outcome.kind === "failure") {
          if (outcome.answered) return this.cut();
          const timedOut = outcome.cause === "responseTimeout" || outcome.cause === "connectTimeout";
          if (timedOut && endpoint.discard) return this.cut();
          const further = stale
            ? this.idempotent && !fresh
            : group.failsOver && mayTryAgain(outcome, this.idempotent);
          if (out || !further || (!stale && !this.startRetry())) return this.respond(failed(outcome));
        }
        fresh = stale;
        if (stale) {
          // The endpoint hung up on an idle connection: the same one again, on a new connection, not counted.
          attempts--;
          continue;
        }
        this.tried.push(endpoint);
        choice = group.choose(performance.now(), this.tried, this, !usedLastResort);
        if (outcome.kind === "response") {
          this.statusRetries--;
          choice = choice.endpoint ? choice : { endpoint, lastResort: false };
        } else if (!choice.endpoint) return this.respond(failed(outcome));
      }
    } finally {
      group.active--;
      if (this.retrying) group.retries--;
      this.requestBody?.discard();
    }
  }

  private firstChoice() {
    const now = performance.now();
    const pinned = this.pinnedTo === undefined ? undefined : this.group.pinned(this.pinnedTo, now);
    if (pinned) return { endpoint: pinned, lastResort: false };
    return this.group.choose(now, this.tried, this, true);
  }

  /** One attempt at one endpoint, with its bookkeeping. */
  private async send(endpoint: RuntimeEndpoint, deadline: number, fresh: boolean): Promise<Outcome> {
    const { live } = endpoint;
    const { limits } = this.api.definition;
    const timeouts = { responseMs: endpoint.responseTimeoutMs, idleMs: limits.idleTimeoutMs, deadline };
    this.current = endpoint;
    this.attemptStart = performance.now();
    const trial = live.begin();
    const attempt = new Attempt(live.backend, this, timeouts, fresh);
    this.attempt = attempt;
    const outcome = await attempt.run(
      endpoint.pathPrefix + this.upstreamPath(endpoint),
      this.upstreamHeaders(),
      endpoint.servername,
    );
    this.attempt = null;
    if (outcome.kind === "failure" && !outcome.stale) {
      live.failed(outcome.cause, causes[outcome.cause].words, this.attemptStart, performance.now());
    }
    live.end(trial);
    return outcome;
  }

  /** The resource path as sent; a bare base path stays bare when the endpoint has a path of its own. */
  private upstreamPath(endpoint: RuntimeEndpoint): string {
    const path = this.pathAndQuery;
    return endpoint.pathPrefix === "" && !path.startsWith("/") ? `/${path}` : path;
  }

  private upstreamHeaders(): string[] {
    const headers = this.headers.forward.slice();
    if (this.api.definition.preserveHost) headers.push("Host", this.headers.host);
    if (this.cookie !== "") headers.push("Cookie", this.cookie);
    headers.push("X-Request-ID", this.requestId);
    pushForwarded(headers, this.req, this.headers.host, this.secure);
    return headers;
  }

  // What the attempt asks and delivers.

  body(onProgress: () => void): Readable | undefined {
    return this.requestBody?.stream(onProgress);
  }

  bodyWaits(): boolean {
    return this.requestBody?.waitsForCaller ?? false;
  }

  onHead(status: number, raw: Buffer[], statusText: string): boolean {
    const { live } = this.current;
    const { config, session, cookie } = this.group;
    const now = performance.now();
    if (config.failureStatuses.includes(status))
      live.failed("status", `answered ${status}`, this.attemptStart, now);
    else live.succeeded(this.attemptStart, now);
    if (this.mayRetryStatus && config.retryOnStatus.statusCodes.includes(status) && this.replayable)
      return false;
    const headers = responseHeaders(raw);
    headers.push("X-Request-ID", this.requestId);
    if (session?.kind === "transport") {
      const pin = { endpointId: this.current.id, lastUsed: Date.now() };
      headers.push("Set-Cookie", cookie.write(pin, session.timeoutMs, this.secure));
    }
    this.res.writeHead(status, statusText, headers);
    return true;
  }

  onInformation(status: number, raw: Buffer[]): void {
    if (status !== 103 || this.res.headersSent) return;
    const hints: Record<string, string[]> = {};
    const headers = responseHeaders(raw);
    for (let i = 0; i < headers.length; i += 2) {
      const name = headers[i]!.toLowerCase();
      hints[name] = [...(hints[name] ?? []), headers[i + 1]!];
    }
    if (hints.link) this.res.writeEarlyHints(hints);
  }

  onData(chunk: Buffer): boolean {
    return this.res.write(chunk);
  }

  onTrailers(trailers: Buffer[] | string[]): void {
    const pairs: [string, string][] = [];
    for (let i = 0; i < trailers.length; i += 2) {
      pairs.push([toText(trailers[i]!), toText(trailers[i + 1]!)]);
    }
    this.res.addTrailers(pairs);
  }

  onEnd(): void {
    this.res.end();
  }

  // What an algorithm may ask.

  random(): number {
    return Math.random();
  }

  get clientIp(): string {
    return peerAddress(this.req).address;
  }

  header(name: string): string {
    const value = this.req.headers[name];
    return Array.isArray(value) ? value.join(", ") : (value ?? "");
  }

  /** A bug: this request fails, the process goes on. */
  crash(error: unknown): void {
    console.error(`Request ${this.requestId}:`, error);
    this.attempt?.abandon("callerGone");
    if (this.res.headersSent) this.cut();
    else this.respond(internalError);
  }

  private readonly onClose = () => {
    if (this.res.writableFinished) return;
    this.callerGone = true;
    this.attempt?.abandon("callerGone");
  };

  private readonly onDrain = () => this.attempt?.resume();

  private get replayable(): boolean {
    return this.requestBody?.replayable ?? true;
  }

  private get single(): boolean {
    return this.group.config.routing === "single";
  }

  /** Takes a place in the retry budget; a request keeps its place for all its retries. */
  private startRetry(): boolean {
    if (this.retrying) return true;
    if (!this.group.mayRetry()) return false;
    this.group.retries++;
    this.retrying = true;
    return true;
  }

  private respond(answer: Answer): void {
    if (!this.res.headersSent && !this.res.destroyed) send(this.res, answer, this.requestId);
  }

  /** Ends the caller's connection so that it cannot take what it has for the whole. */
  private cut(): void {
    this.res.destroy();
  }
}

function toText(value: Buffer | string): string {
  return typeof value === "string" ? value : value.toString("latin1");
}

function hasBody(req: IncomingMessage): boolean {
  // Whether the message is framed with a body decides, not the method: DELETE and even GET may carry one.
  const raw = req.rawHeaders;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!;
    if (name.length === 14 && name.toLowerCase() === "content-length") return raw[i + 1] !== "0";
    if (name.length === 17 && name.toLowerCase() === "transfer-encoding") return true;
  }
  return false;
}
