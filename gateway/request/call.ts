import type { Readable } from "node:stream";
import type { Outcome } from "#lib/traffic/outcome";
import { isIdempotent } from "#lib/traffic/retry";
import { Attempt, type Exchange } from "../backends/exchange";
import { listen, listenOnce } from "../boundary";
import type { Http2Answer } from "../callers/http2Stream";
import { ended } from "../callers/pipeline";
import * as answers from "../http/answers";
import { dialectOf } from "../http/dialect";
import { grpcStatus, grpcTimeoutMs, isGrpc, isPast } from "../http/grpc";
import {
  headerValue,
  type RequestHeaders,
  responseHeaders,
  responseTrailers,
  withoutBody,
} from "../http/headers";
import { endWith } from "../http/nodeTricks";
import { mapOwnAddresses, type Places } from "../http/ownAddresses";
import { RequestBody } from "../http/requestBody";
import type { RuntimeEndpoint } from "../routes/group";
import type { Admission } from "./admission";
import type { Admitted } from "./admit";
import { Passage } from "./passage";
import { openSession } from "./sessions";
import type { Sending } from "./upstream";

/** An answer's body up to this size is sent together with its head, bytes. */
const SMALL_BODY_BYTES = 16 * 1024;

/** One admitted request on its way: exchanges with endpoints, and what the caller gets of them. */
export class Call extends Passage implements Exchange {
  readonly takesTrailers: boolean;
  private readonly requestBody: RequestBody | null;
  /** A call of gRPC: only its own deadline limits it, and it may be quiet while both sides are there. */
  private readonly isGrpc: boolean;
  /** What of our own the caller was answered; 0 when nothing. */
  private ownStatus = 0;
  private under: Attempt | null = null;
  /** Bytes of the answer's body as announced; -1 when not. */
  private expected = -1;
  /** The answer's status allows no body: what comes of one is dropped. */
  private bodiless = false;
  /** The whole body, when it came in one small piece. */
  private small: Buffer | null = null;

  constructor(
    protected override readonly from: Admission,
    to: Extract<Admitted, { ok: true }>,
  ) {
    const method = from.req.method!;
    super(from, to, method, isIdempotent(method, from.headers.hasIdempotencyKey));
    this.takesTrailers = from.headers.takesTrailers;
    this.isGrpc = isGrpc(from.req, from.headers);
    const { limits } = to.api.definition;
    this.requestBody = hasBody(from.headers)
      ? new RequestBody(from.req, limits.replayBytes, limits.maxBodyBytes, this, () => this.under?.abandon())
      : null;
  }

  /** Runs the call; whatever goes wrong inside fails this request alone. */
  start(): void {
    this.from.call = this;
    listen("answer close", this.from.res, this, this.onClose);
    this.run().catch((error: unknown) => {
      console.error(`Request ${this.requestId}:`, error);
      this.under?.abandon();
      if (this.passedOn) this.cut();
      else this.respond(answers.internalError);
    });
  }

  private async run(): Promise<void> {
    const { maxBodyBytes, deadlineMs } = this.to.api.definition.limits;
    if (maxBodyBytes !== null && this.requestBody && this.from.headers.contentLength > maxBodyBytes) {
      return this.respond(answers.bodyTooLarge);
    }
    try {
      await this.pass(this.isGrpc ? grpcTimeoutMs(this.from.headers) : deadlineMs);
    } finally {
      this.requestBody?.discard();
    }
  }

  /** Something of ours threw: the caller learns that, the endpoint is not blamed. */
  breakOff(): void {
    this.refuse(answers.internalError);
  }

  /** Ends whatever is under way, with this answer if there is none yet. */
  refuse(answer: answers.Answer): void {
    if (this.passedOn) this.cut();
    else this.respond(answer);
    this.giveUp();
  }

  private giveUp(): void {
    this.settled = true;
    this.place?.giveUp();
    this.under?.abandon();
  }

  protected openSession() {
    const { headers, context, secure } = this.from;
    return openSession(this.to.group, headers, this.requestBody, context.pins, secure);
  }

  protected attempt(endpoint: RuntimeEndpoint, sending: Sending): Promise<Outcome> {
    const { path, headers, deadline, fresh } = sending;
    const { idleTimeoutMs } = this.to.api.definition.limits;
    const { responseTimeoutMs: responseMs } = endpoint;
    const timeouts = { responseMs, idleMs: idleTimeoutMs, deadline, mayBeQuiet: this.isGrpc };
    this.under = new Attempt(endpoint.live.backend, this, timeouts, fresh);
    return this.under.run(path, headers, endpoint.servername);
  }

  protected get over(): boolean {
    return this.settled || this.from.res.destroyed;
  }

  get passedOn(): boolean {
    return this.from.res.headersSent;
  }

  get replayable(): boolean {
    return this.requestBody?.replayable ?? true;
  }

  // What an attempt asks and delivers.

  body(onProgress: () => void): Readable | undefined {
    return this.requestBody?.stream(onProgress);
  }

  callerIsThere(done: (there: boolean) => void): void {
    // Only HTTP/2 has calls of gRPC.
    (this.from.res as unknown as Http2Answer).liveness.ask(done);
  }

  bodyWaits(): boolean {
    return this.requestBody?.waitsForCaller ?? false;
  }

  onHead(status: number, raw: string[], statusText: string): boolean {
    if (!this.takeHead(status, raw)) return false;
    const { req, res, requestId } = this.from;
    // An endpoint may answer before it has the whole body; the caller must get to read that.
    if (this.requestBody !== null && !req.complete) answers.lingerAfter(res);
    this.bodiless = status === 204 || status === 205;
    const empty = this.bodiless || this.method === "HEAD" || status === 304;
    let headers = responseHeaders(raw, !empty && req.httpVersionMinor > 0);
    if (this.bodiless) headers = withoutBody(status, headers);
    // What it has to be upgraded to is part of the answer (RFC 9110, section 15.5.22); HTTP/2 has no field for it.
    if (status === 426 && req.httpVersionMajor === 1) keepUpgrade(raw, headers);
    if (this.to.api.definition.mapAddresses) mapOwnAddresses(headers, () => this.places());
    headers.push("X-Request-ID", requestId);
    const { cors } = this.to.api;
    if (cors) headers = cors.apply(headers, this.header("origin"));
    this.session?.answered(this.endpoint!.id, headers);
    this.expected = contentLength(headers);
    // A reason that cannot be written in Latin-1 is left out; it means nothing to a program.
    res.writeHead(status, latin1Text.test(statusText) ? statusText : "", headers);
    return true;
  }

  /** What addresses of the endpoint's own are to this caller. */
  private places(): Places {
    const { api, prefix } = this.to;
    const { live, pathPrefix: path } = this.endpoint!;
    const keptHost = api.definition.preserveHost ? this.from.headers.host : "";
    return { origin: live.backend.origin, path, prefix, keptHost };
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
    this.from.res.addTrailers(inPairs(responseTrailers(raw)));
  }

  onEnd(): void {
    const { small } = this;
    if (small) endWith(this.from.res, small);
    else this.from.res.end();
  }

  // The caller's side.

  private readonly onClose = () => {
    const { res } = this.from;
    ended(this.from);
    if (!res.writableFinished) this.giveUp();
    this.record(this.ownStatus || (this.passedOn ? res.statusCode : 0));
  };

  private readonly onDrain = () => this.under?.resume();

  /** The caller is still there: its body was too large or too slow. */
  protected leave(): void {
    if (this.isLate) this.cutBy = "its own deadline passed";
    if (this.passedOn) this.cut();
    else this.respond(this.requestBody?.tooLarge ? answers.bodyTooLarge : answers.callerTooSlow);
  }

  protected respond(given: answers.Answer): void {
    const { req, res, headers, requestId } = this.from;
    if (res.headersSent || res.destroyed) return;
    // Whatever stood in its way, also a line of others: its own time is over.
    const answer = this.isLate ? answers.deadlineExceeded : given;
    this.ownStatus = answer.status;
    const cors = this.to.api.cors?.answer(this.header("origin"));
    const full = cors ? { ...answer, headers: { ...answer.headers, ...cors } } : answer;
    answers.send(res, full, requestId, dialectOf(req, headers));
  }

  /** A call of gRPC ends with a status also then, which its client needs to know whether to come again. */
  protected cut(): void {
    const { res } = this.from;
    if (!this.isGrpc || !this.passedOn || this.expected >= 0) {
      res.destroy();
      return;
    }
    const { status, description, grpc } = this.isLate ? answers.deadlineExceeded : answers.brokenOff;
    res.addTrailers(inPairs(grpcStatus(status, description, grpc)));
    res.end();
    // One who does not read what came before never gets to it.
    const { idleTimeoutMs } = this.to.api.definition.limits;
    setTimeout(() => res.destroy(), idleTimeoutMs).unref();
  }

  private get isLate(): boolean {
    return this.isGrpc && isPast(this.deadline);
  }
}

/** Names what a backend wants the connection upgraded to, as it does. */
function keepUpgrade(raw: readonly string[], headers: string[]): void {
  const upgrade = headerValue(raw, "upgrade");
  if (upgrade !== undefined) headers.push("Connection", "Upgrade", "Upgrade", upgrade);
}

function inPairs(list: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let i = 0; i < list.length; i += 2) pairs.push([list[i]!, list[i + 1]!]);
  return pairs;
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
