import type { ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import type { PickContext } from "#lib/traffic/algorithms";
import { causes, type Outcome, outcomeWords } from "#lib/traffic/outcome";
import { isIdempotent, mayTryAgain } from "#lib/traffic/retry";
import type { Trace } from "#lib/traffic/trace";
import { Attempt, type Exchange } from "../backends/exchange";
import { listen, listenOnce } from "../boundary";
import { clientAddress, peer, pushForwarded } from "../callers/forwarded";
import { ended } from "../callers/pipeline";
import * as answers from "../http/answers";
import {
  askedHeader,
  headerValue,
  type RequestHeaders,
  responseHeaders,
  responseTrailers,
  withoutBody,
} from "../http/headers";
import { RequestBody } from "../http/requestBody";
import { soapOf } from "../http/soap";
import type { Choice, Place, RuntimeEndpoint } from "../routes/group";
import type { Admission } from "./admission";
import type { Admitted } from "./admit";
import { Blame } from "./blame";
import { openSession, type RequestSession } from "./sessions";

/** How long a request waits for a place in the retry budget before it is answered with its failure, ms. */
const RETRY_WAIT_MS = 1_000;

/** With less time than this left another attempt could only fail, ms; timers are not exact either. */
const LEAST_ATTEMPT_MS = 10;
/** An answer's body up to this size is sent together with its head, bytes. */
const SMALL_BODY_BYTES = 16 * 1024;

/** One admitted request on its way: session, choice, attempts, answer. */
export class Call implements Exchange, PickContext {
  readonly method: string;
  readonly requestId: string;
  private readonly idempotent: boolean;
  private readonly requestBody: RequestBody | null;
  private session: RequestSession | undefined;
  private readonly tried: RuntimeEndpoint[] = [];
  private attempts = 0;
  private statusRetries: number;
  private mayRetryStatus = false;
  private retrying = false;
  /** Nobody waits for an answer any more: the caller has left, or has one already. */
  private settled = false;
  private attempt: Attempt | null = null;
  private place: Place | null = null;
  private endpoint: RuntimeEndpoint | null = null;
  private attemptStart = 0;
  /** What version of the group's credentials the attempt under way was sent with. */
  private credentialsVersion = 0;
  /** The endpoint refused the credentials and there are better ones now: the same endpoint again, once. */
  private mayProveAgain = true;
  private provesAgain = false;
  /** Bytes of the answer's body as announced; -1 when not. */
  private expected = -1;
  /** The answer's status allows no body: what comes of one is dropped. */
  private bodiless = false;
  /** Why the answer ended in its middle, for the log. */
  private cutBy: string | undefined;
  /** Of the failures so far; null before the first. */
  private blame: Blame | null = null;
  /** What the publisher wants to be told; undefined for everybody else. */
  private readonly trace: Trace | undefined;
  /** False where somebody tries out what their role may not. */
  private readonly mayTry: boolean;
  /** The whole body, when it came in one small piece. */
  private small: Buffer | null = null;

  constructor(
    private readonly from: Admission,
    private readonly to: Extract<Admitted, { ok: true }>,
  ) {
    const { req, headers } = from;
    this.method = req.method!;
    this.requestId = from.requestId;
    this.idempotent = isIdempotent(this.method, headers.hasIdempotencyKey);
    const { limits } = to.api.definition;
    this.requestBody = hasBody(headers)
      ? new RequestBody(req, limits.replayBytes, limits.maxBodyBytes, this, () => this.attempt?.abandon())
      : null;
    this.statusRetries = to.group.config.retryOnStatus.count;
    const traced = headers.trace === "" ? undefined : from.context.traces.begin(headers.trace);
    this.trace = traced?.trace;
    this.mayTry = traced?.allows(to.api.apiId, to.keyType, this.method) ?? true;
  }

  /** Runs the call; whatever goes wrong inside fails this request alone. */
  start(): void {
    this.from.call = this;
    listen("answer close", this.from.res, this, this.onClose);
    this.run().catch((error: unknown) => {
      console.error(`Request ${this.from.requestId}:`, error);
      this.attempt?.abandon();
      if (this.from.res.headersSent) this.cut();
      else this.respond(answers.internalError);
    });
  }

  /** Something of ours threw: the caller learns that, the endpoint is not blamed. */
  breakOff(): void {
    this.refuse(answers.internalError);
  }

  /** Ends whatever is under way, with this answer if there is none yet. */
  refuse(answer: answers.Answer): void {
    if (this.from.res.headersSent) this.cut();
    else this.respond(answer);
    this.settled = true;
    this.place?.giveUp();
    this.attempt?.abandon();
  }

  private async run(): Promise<void> {
    const { group } = this.to;
    const { maxBodyBytes } = this.to.api.definition.limits;
    if (maxBodyBytes !== null && this.requestBody && this.from.headers.contentLength > maxBodyBytes) {
      return this.respond(answers.bodyTooLarge);
    }
    if (!this.mayTry) return this.respond(answers.notToBeTried);
    if (group.full) return this.respond(answers.tooBusy);
    group.active++;
    try {
      const session = openSession(
        group,
        this.from.headers,
        this.requestBody,
        this.from.context.pins,
        this.from.secure,
      );
      this.session = session instanceof Promise ? await session : session;
      await this.attemptUntilAnswered();
    } finally {
      group.active--;
      this.blame?.judge(false, performance.now());
      this.endRetry();
      this.requestBody?.discard();
    }
  }

  /** Session pin if eligible, else algorithm -> attempt -> record outcome -> retry rule -> respond. */
  private async attemptUntilAnswered(): Promise<void> {
    const { group } = this.to;
    const { limits } = this.to.api.definition;
    const deadline = performance.now() + limits.deadlineMs;
    let choice = this.firstChoice();
    let usedLastResort = false;
    let fresh = false;
    while (choice.endpoint) {
      const { endpoint } = choice;
      usedLastResort ||= choice.lastResort;
      this.attempts++;
      const more = this.attempts < limits.maxAttempts;
      // Asked for by number, so it is that number and not the limit of attempts that bounds them.
      this.mayRetryStatus = this.statusRetries > 0 && this.idempotent;
      const outcome = await this.send(endpoint, deadline, fresh);
      if (typeof outcome === "string") return this.respond(unsent[outcome]);
      if (this.settled || this.from.res.destroyed) return;
      if (outcome.kind === "clientGone") return this.respondToCaller();
      if (outcome.kind === "noDescriptors") return this.respond(answers.noDescriptors);
      if (outcome.kind === "failure") {
        if (outcome.answered) return this.cut();
        const timedOut = outcome.cause === "responseTimeout" || outcome.cause === "connectTimeout";
        if (timedOut && endpoint.discard) return this.cut();
        if (outcome.stale && this.idempotent && this.replayable && !fresh) {
          // The endpoint hung up on an idle connection: the same one again, on a new one, not counted.
          fresh = true;
          this.attempts--;
          continue;
        }
        if (outcome.stale) endpoint.live.lost(causes[outcome.cause].words, performance.now());
        const further = more && group.failsOver && mayTryAgain(outcome, this.idempotent) && this.replayable;
        // What never reached a backend multiplies no load: only repeated work needs room in the budget.
        const left = deadline - performance.now();
        const allowed =
          further && left >= LEAST_ATTEMPT_MS && (!outcome.written || (await this.startRetry(left)));
        if (this.settled) return;
        if (!allowed) return this.respond(answers.failed(outcome));
      } else {
        if (this.from.res.headersSent) return;
        if (this.provesAgain) {
          this.provesAgain = false;
          this.attempts--;
          continue;
        }
        this.statusRetries--;
      }
      fresh = false;
      this.tried.push(endpoint);
      const failed = outcome.kind === "failure";
      if (failed || group.failsOver) {
        choice = group.choose(performance.now(), this.tried, this, failed && !usedLastResort);
        if (choice.endpoint) continue;
        if (failed) return this.respond(answers.failed(outcome));
      }
      // A status to be retried, and no other endpoint left: the same one again.
      choice = { endpoint, lastResort: false };
    }
    const single = group.config.routing === "single";
    this.respond(answers.noReadyEndpoint(single, choice.retryAfterMs));
  }

  private firstChoice(): Choice {
    const { group } = this.to;
    const now = performance.now();
    const id = this.session?.endpointId;
    const pinned = id === undefined ? undefined : group.pinned(id, now);
    return pinned ? { endpoint: pinned, lastResort: false } : group.choose(now, this.tried, this, true);
  }

  /** One attempt at one endpoint, with its bookkeeping, or why there was none. */
  private async send(
    endpoint: RuntimeEndpoint,
    deadline: number,
    fresh: boolean,
  ): Promise<Outcome | keyof typeof unsent> {
    const { live } = endpoint;
    const { group } = this.to;
    const getting = group.credentials === null ? null : group.credentials.ready();
    const problem = getting === null ? null : await getting;
    if (problem !== null) {
      live.note(problem);
      return this.settled ? { kind: "clientGone" } : "noCredentials";
    }
    const place = group.enter();
    if (place === false) return "full";
    if (place && !(await this.waitFor(place, deadline))) {
      return this.settled ? { kind: "clientGone" } : "full";
    }
    if (this.settled) {
      group.leave();
      return { kind: "clientGone" };
    }
    const { idleTimeoutMs } = this.to.api.definition.limits;
    const timeouts = { responseMs: endpoint.responseTimeoutMs, idleMs: idleTimeoutMs, deadline };
    this.endpoint = endpoint;
    this.attemptStart = performance.now();
    const trial = live.begin();
    this.attempt = new Attempt(live.backend, this, timeouts, fresh);
    const headers = this.upstreamHeaders();
    let path = upstreamPath(endpoint.pathPrefix, this.to.pathAndQuery);
    if (group.credentials !== null) {
      this.credentialsVersion = group.credentials.version;
      path = group.credentials.apply(this.method, path, headers);
    }
    const outcome = await this.attempt.run(path, headers, endpoint.servername);
    this.attempt = null;
    this.trace?.attempts.push(traced(endpoint, outcome, performance.now() - this.attemptStart));
    if (outcome.kind === "failure" && !outcome.stale) {
      const words = outcomeWords(outcome);
      if (outcome.answered) {
        // What ends a stream in its middle says nothing of other requests: the endpoint has answered.
        live.lost(words, performance.now());
        this.cutBy = words;
      } else {
        this.blame ??= new Blame();
        this.blame.failed(live, outcome.cause, words, this.attemptStart, performance.now());
      }
    } else if (outcome.kind === "noDescriptors") live.note(outcomeWords(outcome));
    live.end(trial);
    group.leave();
    return outcome;
  }

  /** Waits for a connection, but not beyond the deadline nor for a caller who has left. */
  private async waitFor(place: Place, deadline: number): Promise<boolean> {
    const timer = setTimeout(place.giveUp, Math.max(0, deadline - performance.now()));
    this.place = place;
    const turn = await place.turn;
    this.place = null;
    clearTimeout(timer);
    return turn;
  }

  private upstreamHeaders(): string[] {
    const { context, req, headers, requestId, secure } = this.from;
    const out = headers.forward.slice();
    if (this.to.api.definition.preserveHost) out.push("Host", headers.host);
    if (headers.cookie !== "") out.push("Cookie", headers.cookie);
    out.push("X-Request-ID", requestId);
    const from = peer(req.socket, context.trusted);
    const { prefix, api } = this.to;
    pushForwarded(out, { from, headers, secure, prefix, loopId: api.loopId }, context.trusted);
    return out;
  }

  // What an attempt asks and delivers.

  body(onProgress: () => void): Readable | undefined {
    return this.requestBody?.stream(onProgress);
  }

  bodyWaits(): boolean {
    return this.requestBody?.waitsForCaller ?? false;
  }

  onHead(status: number, raw: string[], statusText: string): boolean {
    const { live, id } = this.endpoint!;
    const { failureStatuses, retryOnStatus } = this.to.group.config;
    const now = performance.now();
    if (status > 599) {
      live.succeeded(this.attemptStart, now);
      this.respond(answers.unknownStatus);
      return false;
    }
    if (failureStatuses.length > 0 && failureStatuses.includes(status)) {
      live.refused(status, this.attemptStart, now);
    } else {
      live.succeeded(this.attemptStart, now);
      this.blame?.judge(true, now);
    }
    if (this.refusesCredentials(status, raw)) return false;
    if (
      this.mayRetryStatus &&
      this.replayable &&
      retryOnStatus.statusCodes.includes(status) &&
      this.tryRetry()
    ) {
      return false;
    }
    this.endRetry();
    const { req, res, requestId } = this.from;
    // An endpoint may answer before it has the whole body; the caller must get to read that.
    if (this.requestBody !== null && !req.complete) answers.lingerAfter(res);
    this.bodiless = status === 204 || status === 205;
    const empty = this.bodiless || this.method === "HEAD" || status === 304;
    let headers = responseHeaders(raw, !empty && req.httpVersionMinor > 0);
    if (this.bodiless) headers = withoutBody(status, headers);
    // What it has to be upgraded to is part of the answer (RFC 9110, section 15.5.22); HTTP/2 has no field for it.
    if (status === 426 && req.httpVersionMajor === 1) keepUpgrade(raw, headers);
    headers.push("X-Request-ID", requestId);
    const { cors } = this.to.api;
    if (cors) headers = cors.apply(headers, this.header("origin"));
    this.session?.answered(id, headers);
    this.expected = contentLength(headers);
    // A reason that cannot be written in Latin-1 is left out; it means nothing to a program.
    res.writeHead(status, latin1Text.test(statusText) ? statusText : "", headers);
    return true;
  }

  /** Whether the same endpoint is to be asked again, with credentials that are new since. */
  private refusesCredentials(status: number, raw: readonly string[]): boolean {
    const { credentials } = this.to.group;
    if (credentials === null || status !== 401 || !this.mayProveAgain) return false;
    this.provesAgain = credentials.refused(this.credentialsVersion, status, raw) && this.replayable;
    this.mayProveAgain = false;
    return this.provesAgain;
  }

  onInformation(status: number, raw: string[]): void {
    const { req, res } = this.from;
    if (status === 100 || res.headersSent || req.httpVersionMinor === 0) return;
    if (status === 102) res.writeProcessing();
    if (status !== 103) return;
    const hints: Record<string, string | string[]> = {};
    const headers = responseHeaders(raw, false);
    for (let i = 0; i < headers.length; i += 2) {
      const name = headers[i]!.toLowerCase();
      const before = hints[name];
      hints[name] = before === undefined ? headers[i + 1]! : [before, headers[i + 1]!].flat();
    }
    if (hints.link === undefined) return;
    // node takes one link a value, where a field may hold several (RFC 8288, section 3).
    hints.link = [hints.link].flat().flatMap((value) => value.match(/<[^>]*>(?:[^,"]|"[^"]*")*/g) ?? []);
    try {
      res.writeEarlyHints(hints);
    } catch {
      // node is stricter about Link than backends are, and a hint is no reason to fail a request.
    }
  }

  onData(lent: Buffer): boolean {
    if (this.bodiless) return true;
    // One small piece is written with the head as soon as it is known to be the last, which is before this returns
    // to whoever lent it.
    if (lent.length === this.expected && lent.length <= SMALL_BODY_BYTES && !this.session?.sawBody) {
      this.small = lent;
      return true;
    }
    const chunk = Buffer.from(lent);
    this.session?.sawBody?.(chunk);
    if (this.from.res.write(chunk)) return true;
    listenOnce("answer drain", this.from.res, this, this.onDrain);
    return false;
  }

  onTrailers(raw: string[]): void {
    if (this.bodiless) return;
    const trailers = responseTrailers(raw);
    const pairs: [string, string][] = [];
    for (let i = 0; i < trailers.length; i += 2) pairs.push([trailers[i]!, trailers[i + 1]!]);
    this.from.res.addTrailers(pairs);
  }

  onEnd(): void {
    const { small } = this;
    if (small) endWith(this.from.res, small);
    else this.from.res.end();
  }

  // What an algorithm may ask.

  random(): number {
    return Math.random();
  }

  get clientIp(): string {
    const { context, req, headers } = this.from;
    return clientAddress(peer(req.socket, context.trusted), headers, context.trusted);
  }

  header(name: string): string {
    return askedHeader(this.from.headers, name);
  }

  // The caller's side.

  private readonly onClose = () => {
    const { res, context, req, requestId, start } = this.from;
    ended(this.from);
    if (!res.writableFinished) {
      this.settled = true;
      this.place?.giveUp();
      this.attempt?.abandon();
    }
    const { api, keyType, route } = this.to;
    const ms = performance.now() - start;
    const status = res.headersSent ? res.statusCode : 0;
    api.counters[keyType].record(status, ms, Math.max(0, this.attempts - 1));
    context.log?.write({
      requestId,
      method: this.method,
      path: (req.url ?? "").split("?", 1)[0]!,
      status,
      ms: Math.round(ms * 100) / 100,
      client: this.clientIp,
      about: route.about[keyType],
      endpoint: this.endpoint?.id ?? "",
      attempts: this.attempts,
      consumer: this.to.consumer,
      cut: this.cutBy,
    });
  };

  private readonly onDrain = () => this.attempt?.resume();

  private get replayable(): boolean {
    return this.requestBody?.replayable ?? true;
  }

  /** Takes a place in the retry budget, waiting a little when all are taken; kept until an endpoint answers. */
  private async startRetry(leftMs: number): Promise<boolean> {
    this.retrying ||= await this.to.group.startRetry(Math.min(leftMs, RETRY_WAIT_MS));
    return this.retrying;
  }

  private tryRetry(): boolean {
    this.retrying ||= this.to.group.tryRetry();
    return this.retrying;
  }

  private endRetry(): void {
    if (this.retrying) this.to.group.endRetry();
    this.retrying = false;
  }

  /** The attempt ended because of the caller, who is still there: its body was too large or too slow. */
  private respondToCaller(): void {
    if (this.from.res.headersSent) this.cut();
    else this.respond(this.requestBody?.tooLarge ? answers.bodyTooLarge : answers.callerTooSlow);
  }

  private respond(answer: answers.Answer): void {
    const { res, headers, requestId } = this.from;
    if (res.headersSent || res.destroyed) return;
    const cors = this.to.api.cors?.answer(this.header("origin"));
    const full = cors ? { ...answer, headers: { ...answer.headers, ...cors } } : answer;
    answers.send(res, full, requestId, soapOf(headers));
  }

  /** Ends the caller's connection so that it cannot take what it has for the whole. */
  private cut(): void {
    this.from.res.destroy();
  }
}

/** A circuit breaker has no room for an attempt; what the endpoint asks for could not be had. */
const unsent = { full: answers.tooBusy, noCredentials: answers.noCredentials } as const;

/** The resource path as sent, below the endpoint's own path; a bare base path stays bare where it can. */
export function upstreamPath(prefix: string, pathAndQuery: string): string {
  return prefix === "" && !pathAndQuery.startsWith("/") ? `/${pathAndQuery}` : prefix + pathAndQuery;
}

/**
 * Ends an answer whose head is written but not sent with its whole body, in one plain write. `end(body)` makes
 * three pieces and a gathering write of it, which costs a tenth of a small request. The field is node's own
 * (`OutgoingMessage._header`, the head as text until it is sent); where it is another thing, `end` does the work.
 */
function endWith(res: ServerResponse & { _header?: unknown; _headerSent?: unknown }, body: Buffer): void {
  if (typeof res._header !== "string" || res._headerSent !== false) {
    res.end(body);
    return;
  }
  res._header += body.toString("latin1");
  res.end();
}

/** Names what a backend wants the connection upgraded to, as it does. */
function keepUpgrade(raw: readonly string[], headers: string[]): void {
  const upgrade = headerValue(raw, "upgrade");
  if (upgrade !== undefined) headers.push("Connection", "Upgrade", "Upgrade", upgrade);
}

/** The announced length of a body, bytes; -1 when there is none. */
function contentLength(headers: readonly string[]): number {
  const value = headerValue(headers, "content-length");
  return value === undefined ? -1 : Number(value);
}

/** What may stand in a status line. */
const latin1Text = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Whether the message is framed with a body decides, not the method: DELETE and even GET may carry one. */
function hasBody(headers: RequestHeaders): boolean {
  return headers.contentLength > 0 || headers.chunked;
}

function traced({ id, config }: RuntimeEndpoint, outcome: Outcome, ms: number): Trace["attempts"][number] {
  const answered = outcome.kind === "response" || (outcome.kind === "failure" && outcome.answered);
  const about = { endpointId: id, url: config.url, ms: Math.round(ms * 10) / 10 };
  return { ...about, words: outcomeWords(outcome), answered };
}
