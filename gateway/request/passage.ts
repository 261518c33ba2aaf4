import type { PickContext } from "#lib/traffic/algorithms";
import { nextStep, type Standing, type Step } from "#lib/traffic/nextStep";
import { type Outcome, outcomeWords } from "#lib/traffic/outcome";
import type { Trace } from "#lib/traffic/trace";
import type { Exposed } from "../boundary";
import { clientAddress, peer } from "../callers/forwarded";
import * as answers from "../http/answers";
import { askedHeader } from "../http/headers";
import { type Choice, type Place, type RuntimeEndpoint, turnOf } from "../routes/group";
import type { Admitted } from "./admit";
import { type Arrival, recordPassed } from "./arrival";
import { Blame } from "./blame";
import { Proof } from "./proof";
import type { RequestSession } from "./sessions";
import { attemptOf } from "./traces";
import { type Sending, upstreamHeaders, upstreamPath } from "./upstream";

/** How long a request waits for a place in the retry budget before it is answered with its failure, ms. */
const RETRY_WAIT_MS = 1_000;
/** With less time than this left another attempt could only fail, ms; timers are not exact either. */
const LEAST_ATTEMPT_MS = 10;

/**
 * The one way through the gateway: choose, try, record, and what follows (`nextStep`), until the caller has an answer.
 * What is tried is an exchange (call.ts) or the handshake of a WebSocket (upgrade.ts).
 */
export abstract class Passage implements Exposed, PickContext, Standing {
  readonly requestId: string;
  fresh = false;
  protected session: RequestSession | undefined;
  /** Nobody waits for an answer any more: the caller has left, or has one already. */
  protected settled = false;
  protected place: Place | null = null;
  /** The one that is tried, or was tried last. */
  protected endpoint: RuntimeEndpoint | null = null;
  protected attempts = 0;
  protected attemptStart = 0;
  /** What the publisher wants to be told; undefined for everybody else. */
  private readonly trace: Trace | undefined;
  private readonly tried: RuntimeEndpoint[] = [];
  protected deadline = Number.POSITIVE_INFINITY;
  private statusTries: number;
  /** A status that the list names is asked again for. */
  private asksAgain = false;
  private retrying = false;
  /** Null where endpoints ask for no credentials. */
  private readonly proof: Proof | null;
  /** Why the answer ended in its middle. */
  protected cutBy: string | undefined;
  private blame: Blame | null = null;
  /** False where somebody tries out what their role may not. */
  private readonly mayTry: boolean;

  constructor(
    protected readonly from: Arrival,
    protected readonly to: Extract<Admitted, { ok: true }>,
    readonly method: string,
    readonly idempotent: boolean,
  ) {
    const { headers, context } = from;
    this.requestId = from.requestId;
    const { credentials } = to.group;
    this.proof = credentials === null ? null : new Proof(credentials);
    this.statusTries = to.group.config.retryOnStatus.count;
    const traced = headers.trace === "" ? undefined : context.traces.begin(headers.trace);
    this.trace = traced?.trace;
    this.mayTry = traced?.allows(to.api.apiId, to.keyType, method) ?? true;
  }

  /** One try at one endpoint. Resolves when all that it needs is over, for an answer that is its last byte. */
  protected abstract attempt(endpoint: RuntimeEndpoint, sending: Sending): Promise<Outcome>;
  protected abstract openSession(): RequestSession | undefined | Promise<RequestSession | undefined>;
  /** Answers the caller, who has nothing yet. */
  protected abstract respond(answer: answers.Answer): void;
  /** Ends the caller's connection so that it cannot take what it has for the whole. */
  protected abstract cut(): void;
  /** The attempt ended because of the caller. */
  protected abstract leave(): void;
  protected abstract get over(): boolean;
  abstract get passedOn(): boolean;
  abstract get replayable(): boolean;
  abstract breakOff(): void;

  /** Runs it, and counts it for as long as it lasts; every way out of it leads through here. */
  protected async pass(deadlineMs: number): Promise<void> {
    const { group } = this.to;
    if (!this.mayTry) return this.respond(answers.notToBeTried);
    if (group.full) return this.respond(answers.tooBusy);
    group.active++;
    try {
      const session = this.openSession();
      this.session = session instanceof Promise ? await session : session;
      this.deadline = performance.now() + deadlineMs;
      await this.untilAnswered();
    } finally {
      group.active--;
      this.blame?.judge(false, performance.now());
      this.endRetry();
    }
  }

  private async untilAnswered(): Promise<void> {
    const { group } = this.to;
    let choice = this.firstChoice();
    let usedLastResort = false;
    while (choice.endpoint) {
      const { endpoint } = choice;
      usedLastResort ||= choice.lastResort;
      this.attempts++;
      // Asked for by number, so it is that number and not the limit of attempts that bounds them.
      this.asksAgain = this.statusTries > 0 && this.idempotent;
      const outcome = await this.send(endpoint);
      if (!("kind" in outcome)) return this.respond(outcome);
      if (this.over) return;
      let step = nextStep(outcome, this);
      if (step === "elsewhereInBudget") {
        step = (await this.startRetry()) ? "elsewhere" : "fail";
        if (this.over) return;
      }
      this.fresh = step === "anew";
      if (step === "anew" || step === "prove") {
        this.attempts--;
        continue;
      }
      if (step !== "elsewhere" && step !== "askAgain") return this.end(step, outcome);
      const failed = step === "elsewhere";
      this.tried.push(endpoint);
      if (!failed) this.statusTries--;
      if (failed || group.failsOver) {
        choice = group.choose(performance.now(), this.tried, this, failed && !usedLastResort);
        if (choice.endpoint) continue;
        if (failed) return this.end("fail", outcome);
      }
      choice = { endpoint, lastResort: false };
    }
    const single = group.config.routing === "single";
    this.respond(answers.noReadyEndpoint(single, choice.retryAfterMs));
  }

  private end(step: Step, outcome: Outcome): void {
    if (step === "leave") this.leave();
    else if (step === "refuse") this.respond(answers.noDescriptors);
    else if (step === "cut") this.cut();
    else if (step === "fail" && outcome.kind === "failure") {
      if (outcome.stale) this.endpoint!.live.lost(outcomeWords(outcome), performance.now());
      this.respond(answers.failed(outcome));
    }
  }

  /** The pinned endpoint while its session may use it, else the algorithm's. */
  private firstChoice(): Choice {
    const { group } = this.to;
    const now = performance.now();
    const id = this.session?.endpointId;
    const pinned = id === undefined ? undefined : group.pinned(id, now);
    return pinned ? { endpoint: pinned, lastResort: false } : group.choose(now, this.tried, this, true);
  }

  /** One attempt at one endpoint, with its bookkeeping, or why there was none. */
  private async send(endpoint: RuntimeEndpoint): Promise<Outcome | answers.Answer> {
    const { live } = endpoint;
    const { group } = this.to;
    const getting = this.proof === null ? null : this.proof.ready();
    const problem = getting === null ? null : await getting;
    if (problem !== null) {
      live.note(problem);
      return this.over ? { kind: "clientGone" } : answers.noCredentials;
    }
    const place = group.enter();
    if (place === false) return answers.tooBusy;
    this.place = place ?? null;
    if (place && !(await turnOf(place, this.deadline)))
      return this.over ? { kind: "clientGone" } : answers.tooBusy;
    if (this.over) {
      group.leave();
      return { kind: "clientGone" };
    }
    this.endpoint = endpoint;
    this.attemptStart = performance.now();
    const trial = live.begin();
    try {
      const outcome = await this.attempt(endpoint, this.sending(endpoint));
      this.took(outcome);
      return outcome;
    } finally {
      live.end(trial);
      group.leave();
    }
  }

  private sending({ pathPrefix }: RuntimeEndpoint): Sending {
    const headers = upstreamHeaders(this.from, this.to);
    const below = upstreamPath(pathPrefix, this.to.pathAndQuery);
    const path = this.proof === null ? below : this.proof.apply(this.method, below, headers);
    return { path, headers, deadline: this.deadline, fresh: this.fresh };
  }

  /** Tells whoever traces this. */
  protected tell(outcome: Outcome): void {
    this.trace?.attempts.push(attemptOf(this.endpoint!, outcome, performance.now() - this.attemptStart));
  }

  /** What an attempt came to, for the endpoint and for whoever wants to know. */
  private took(outcome: Outcome): void {
    this.tell(outcome);
    if (outcome.kind === "response" || outcome.kind === "clientGone") return;
    const { live } = this.endpoint!;
    const words = outcomeWords(outcome);
    if (outcome.kind === "noDescriptors") live.note(words);
    else if (outcome.answered) {
      // What ends a stream in its middle says nothing of other requests: the endpoint has answered.
      live.lost(words, performance.now());
      this.cutBy = words;
    } else if (!outcome.stale) {
      this.blame ??= new Blame();
      this.blame.failed(live, outcome.cause, words, this.attemptStart, performance.now());
    }
  }

  /** The head of an answer has come: what it says of the endpoint, and whether the caller gets the answer. */
  protected takeHead(status: number, raw: readonly string[]): boolean {
    const { live } = this.endpoint!;
    const { failureStatuses, retryOnStatus } = this.to.group.config;
    const now = performance.now();
    if (failureStatuses.length > 0 && failureStatuses.includes(status)) {
      live.refused(status, this.attemptStart, now);
    } else {
      live.succeeded(this.attemptStart, now);
      this.blame?.judge(true, now);
    }
    if (status > 599) {
      this.respond(answers.unknownStatus);
      return false;
    }
    if (this.proof?.refused(status, raw, this.replayable)) return false;
    if (status >= 300 && this.asksAgain && this.replayable && retryOnStatus.statusCodes.includes(status)) {
      this.retrying ||= this.to.group.tryRetry();
      if (this.retrying) return false;
    }
    this.endRetry();
    return true;
  }

  // What the next step depends on.

  get provesAgain(): boolean {
    return this.proof?.again ?? false;
  }

  get failsOver(): boolean {
    return this.to.group.failsOver;
  }

  get more(): boolean {
    return this.attempts < this.to.api.definition.limits.maxAttempts;
  }

  get timeLeft(): boolean {
    return this.deadline - performance.now() >= LEAST_ATTEMPT_MS;
  }

  get discards(): boolean {
    return this.endpoint!.discard;
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

  /** Takes a place in the retry budget, waiting a little when all are taken; kept until an endpoint answers. */
  private async startRetry(): Promise<boolean> {
    const left = this.deadline - performance.now();
    this.retrying ||= await this.to.group.startRetry(Math.min(left, RETRY_WAIT_MS));
    return this.retrying;
  }

  private endRetry(): void {
    if (this.retrying) this.to.group.endRetry();
    this.retrying = false;
  }

  /** Metrics and access log, once it is over. `status`: 0 when the caller left before one. */
  protected record(status: number): void {
    const { method, attempts, cutBy: cut, clientIp: client } = this;
    const endpoint = this.endpoint?.id ?? "";
    recordPassed(this.from, this.to, { method, status, attempts, cut, client, endpoint });
  }
}
