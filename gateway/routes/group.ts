import type { Limits } from "#lib/edit/api";
import { type Endpoint, type EndpointGroup, endpointsInUse, type Session } from "#lib/edit/endpoints";
import { tlsNameOf } from "#lib/node/trust";
import { type Candidate, createPicker, type PickContext, type Picker } from "#lib/traffic/algorithms";
import { mayReceive } from "#lib/traffic/eligibility";
import { retryBudget } from "#lib/traffic/retry";
import type { Credentials } from "../backends/credentials";
import type { Live } from "../backends/live";
import type { AffinityCookie } from "../http/cookies";
import type { CustomAlgorithms } from "./custom";

/** Share of its weight that a returning endpoint starts with: some traffic must come, or it never warms up. */
const SLOW_START_FLOOR = 0.1;
/** Requests that may wait for a connection when only the connections are limited. */
const DEFAULT_PENDING = 1024;

/** One endpoint as a group of one snapshot sees it: settings from the revision, live state by reference. */
export class RuntimeEndpoint implements Candidate {
  readonly id: string;
  private readonly slowStartMs: number;
  /** Path of the endpoint's URL without a slash at its end; goes before the resource path. */
  readonly pathPrefix: string;
  readonly responseTimeoutMs: number;
  /** Name for TLS, which must not follow a Host header kept from the caller. */
  readonly servername: string | undefined;
  /** Close the connection without a reply when time runs out. */
  readonly discard: boolean;

  constructor(
    readonly config: Endpoint,
    readonly index: number,
    readonly live: Live,
    group: EndpointGroup,
    limits: Limits,
  ) {
    this.id = config.id;
    this.slowStartMs = group.slowStartMs;
    const url = new URL(config.url);
    this.pathPrefix = url.pathname.replace(/\/$/, "");
    this.servername = url.protocol === "https:" ? tlsNameOf(url.hostname) : undefined;
    this.responseTimeoutMs =
      config.settings.responseTimeoutMs ?? group.responseTimeoutMs ?? limits.responseTimeoutMs;
    this.discard = config.settings.action === "discard";
  }

  /** The configured weight, or a growing part of it while a returning endpoint warms up. */
  get weight(): number {
    const { weight } = this.config;
    if (this.slowStartMs === 0 || this.live.returnedAt === 0) return weight;
    const share = (performance.now() - this.live.returnedAt) / this.slowStartMs;
    return share >= 1 ? weight : weight * Math.max(share, SLOW_START_FLOOR);
  }

  get inFlight(): number {
    return this.live.inFlight;
  }

  get latencyMs(): number {
    return this.live.latencyMs;
  }
}

/** node takes longer timers for those of 1 ms. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A place in the line for one of `maxConnections`. */
export interface Place {
  /** Resolves with true when it is this request's turn, with false when it gave up. */
  readonly turn: Promise<boolean>;
  giveUp(): void;
}

/** Waits for the turn, but not beyond the deadline (`performance.now()`). */
export async function turnOf({ turn, giveUp }: Place, deadline: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  // A timer may come early, and not every deadline fits into one.
  const wait = () => {
    const left = deadline - performance.now();
    if (left <= 0) giveUp();
    else timer = setTimeout(wait, Math.min(left, LONGEST_TIMER_MS));
  };
  wait();
  const mine = await turn;
  clearTimeout(timer);
  return mine;
}

/** What a choice came to: an endpoint, or how long until one may be tried. */
export type Choice =
  | { endpoint: RuntimeEndpoint; lastResort: boolean }
  | { endpoint: null; retryAfterMs: number };

/** An endpoint group at work: picks, counts, and holds the cursor of its algorithm. */
export class Group {
  readonly endpoints: readonly RuntimeEndpoint[];
  /** Open to new traffic by configuration, in list order; live health is asked at each choice. */
  private readonly regular: readonly RuntimeEndpoint[];
  private readonly backups: readonly RuntimeEndpoint[];
  private readonly picker: Picker | undefined;
  /** Requests waiting for one of `maxConnections`. */
  private readonly waiting: ((turn: boolean) => void)[] = [];
  private sending = 0;
  /** Requests waiting for a place in the retry budget. */
  private readonly retryWaiting: (() => void)[] = [];
  readonly session: Session | null;
  /** Requests under way. */
  active = 0;
  /** Retries under way. */
  retries = 0;

  constructor(
    readonly config: EndpointGroup,
    private readonly limits: Limits,
    live: (endpoint: Endpoint) => Live,
    readonly cookie: AffinityCookie,
    /** Part of the keys of its sessions: API, key type, resource. */
    readonly scope: string,
    custom: CustomAlgorithms,
    /** How the gateway proves itself to these endpoints; null when they ask for nothing. */
    readonly credentials: Credentials | null,
  ) {
    this.endpoints = endpointsInUse(config).map((e, i) => new RuntimeEndpoint(e, i, live(e), config, limits));
    const open = this.endpoints.filter((e) => mayReceive(config, e.config));
    const balanced = config.routing === "loadBalanced";
    this.regular = balanced ? open.filter((e) => !e.config.backup) : open;
    this.backups = balanced ? open.filter((e) => e.config.backup) : [];
    this.picker = balanced
      ? (createPicker(config.algorithm, this.endpoints.length) ?? custom.picker(config.algorithm.className))
      : undefined;
    this.session = balanced && config.session.kind !== "none" ? config.session : null;
  }

  /** Failed attempts may move on to another endpoint. The type Failover is that by itself. */
  get failsOver(): boolean {
    return (
      this.config.routing === "failover" || (this.config.routing === "loadBalanced" && this.config.failover)
    );
  }

  /**
   * The endpoint for a new attempt. Eligibility first, then the algorithm (docs/design.md section 4.3). When all
   * that could take it are suspended, the one whose suspension ends first gets one request at a time
   * (docs/rules/gateway.md section 3), unless `lastResort` is false.
   */
  choose(now: number, tried: readonly RuntimeEndpoint[], context: PickContext, lastResort: boolean): Choice {
    const endpoint =
      this.pick(this.regular, now, tried, context) ?? this.pick(this.backups, now, tried, context);
    if (endpoint) return { endpoint, lastResort: false };
    return this.chooseSuspended(now, tried, lastResort);
  }

  /** A pinned endpoint while its session may still use it: also when draining, never when off or suspended. */
  pinned(id: string, now: number): RuntimeEndpoint | undefined {
    const endpoint = this.endpoints.find((e) => e.id === id);
    if (!endpoint || endpoint.config.state === "off" || !endpoint.live.isOpen(now)) return undefined;
    return endpoint;
  }

  /** Takes a place in the retry budget if one is free. */
  tryRetry(): boolean {
    const { maxRetries } = this.config.circuitBreakers;
    if (maxRetries !== null && this.retries >= maxRetries) return false;
    if (this.retries >= retryBudget(this.active, this.limits)) return false;
    this.retries++;
    return true;
  }

  /**
   * Takes a place in the retry budget, waiting for one up to `waitMs`. The budget is there so that retries do
   * not multiply load: when a backend dies with many requests, they are tried again a few at a time rather
   * than not at all. A circuit breaker refuses at once.
   */
  startRetry(waitMs: number): boolean | Promise<boolean> {
    if (this.tryRetry()) return true;
    const { maxRetries } = this.config.circuitBreakers;
    if (waitMs <= 0 || (maxRetries !== null && this.retries >= maxRetries)) return false;
    return new Promise((resolve) => {
      const waiter = () => {
        clearTimeout(timer);
        resolve(true);
      };
      const timer = setTimeout(() => {
        this.retryWaiting.splice(this.retryWaiting.indexOf(waiter), 1);
        resolve(false);
      }, waitMs);
      this.retryWaiting.push(waiter);
    });
  }

  /** Gives a place in the retry budget back, to the first in line if there is one. */
  endRetry(): void {
    const next = this.retryWaiting.shift();
    if (next) next();
    else this.retries--;
  }

  /** Whether a circuit breaker refuses one more request. */
  get full(): boolean {
    const { maxRequests } = this.config.circuitBreakers;
    return maxRequests !== null && this.active >= maxRequests;
  }

  /**
   * Takes a place among `maxConnections`, waiting in line when all are taken. Undefined when no limit is set
   * or a place is free (nothing to wait for); false when the line is full.
   */
  enter(): Place | undefined | false {
    const { maxConnections, maxPendingRequests } = this.config.circuitBreakers;
    if (maxConnections === null || this.sending < maxConnections) {
      this.sending++;
      return undefined;
    }
    if (this.waiting.length >= (maxPendingRequests ?? DEFAULT_PENDING)) return false;
    let settle!: (turn: boolean) => void;
    const turn = new Promise<boolean>((resolve) => {
      settle = resolve;
    });
    this.waiting.push(settle);
    const giveUp = () => {
      const index = this.waiting.indexOf(settle);
      if (index < 0) return;
      this.waiting.splice(index, 1);
      settle(false);
    };
    return { turn, giveUp };
  }

  /** Gives the place back, to the first in line if there is one. */
  leave(): void {
    const next = this.waiting.shift();
    if (next) next(true);
    else this.sending--;
  }

  private pick(
    from: readonly RuntimeEndpoint[],
    now: number,
    tried: readonly RuntimeEndpoint[],
    context: PickContext,
  ): RuntimeEndpoint | undefined {
    if (from.length === 0) return undefined;
    // The common case, everything well, costs no allocation.
    let candidates = from;
    for (const endpoint of from) {
      if (endpoint.live.isOpen(now) && !tried.includes(endpoint)) continue;
      candidates = from.filter((e) => e.live.isOpen(now) && !tried.includes(e));
      break;
    }
    if (candidates.length === 0) return undefined;
    // A request that failed once is not the one to try a returning endpoint with, while another is well.
    if (tried.length > 0) {
      const well = candidates.filter((e) => e.live.health.kind === "active");
      if (well.length > 0) candidates = well;
    }
    return this.picker ? this.picker.pick(candidates, context) : candidates[0];
  }

  private chooseSuspended(now: number, tried: readonly RuntimeEndpoint[], allowed: boolean): Choice {
    let first: RuntimeEndpoint | undefined;
    let firstUntil = Number.POSITIVE_INFINITY;
    for (const endpoint of [...this.regular, ...this.backups]) {
      const { health } = endpoint.live;
      if (
        health.kind === "active" ||
        endpoint.live.check === "failing" ||
        tried.includes(endpoint) ||
        health.until >= firstUntil
      )
        continue;
      first = endpoint;
      firstUntil = health.until;
    }
    if (first && allowed && first.live.trial === 0) return { endpoint: first, lastResort: true };
    return { endpoint: null, retryAfterMs: first ? firstUntil - now : 1000 };
  }
}
