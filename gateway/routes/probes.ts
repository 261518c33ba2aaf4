import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { connect } from "node:net";
import type { HealthCheck } from "#lib/edit/endpoints";
import { isDescriptorShortage } from "#lib/node/descriptors";
import { lookupName } from "#lib/node/names";
import { socketWords } from "#lib/node/socketWords";
import { tlsNameOf } from "#lib/node/trust";
import { outcomeWords } from "#lib/traffic/outcome";
import type { Credentials } from "../backends/credentials";
import { Attempt, type Exchange } from "../backends/exchange";
import type { Live } from "../backends/live";
import { type Exposed, ignoreErrors, listen } from "../boundary";
import type { Group } from "./group";

/** Share of the interval by which each wait varies, so that many endpoints are not asked at once. */
const JITTER = 0.2;

/** Active checks (docs/rules/gateway.md section 6): one loop per endpoint, for as long as a snapshot uses it. */
export class Probes {
  private readonly probes = new Map<Live, Probe>();

  /** Starts, changes or stops the checks of a group's endpoints. */
  watch(group: Group, settings: HealthCheck): void {
    for (const { live, config } of group.endpoints) {
      const probe = this.probes.get(live);
      // An endpoint that is off is not used, so nobody asks how it is.
      const wanted = settings.enabled && config.state !== "off";
      if (probe && wanted && probe.same(settings, group.credentials)) continue;
      probe?.stop();
      this.probes.delete(live);
      const make = () => new Probe(live, new URL(config.url), settings, group.credentials, this.probes);
      if (wanted) this.probes.set(live, make());
      else live.check = null;
    }
  }

  stop(): void {
    for (const probe of this.probes.values()) probe.stop();
    this.probes.clear();
  }
}

class Probe {
  private timer: NodeJS.Timeout;
  private stopped = false;
  private successes = 0;
  private failures = 0;
  /** Why it is out, in words. */
  private problem = "";
  /** Suspensions up to the last check: what passed before one says nothing about the endpoint since. */
  private suspensions = 0;
  private readonly expected: (status: number) => boolean;

  constructor(
    private readonly live: Live,
    private readonly url: URL,
    private readonly settings: HealthCheck,
    private readonly credentials: Credentials | null,
    private readonly owner: Map<Live, Probe>,
  ) {
    this.expected = statusMatcher(settings.expected);
    this.timer = setTimeout(this.tick, Math.random() * settings.intervalMs * JITTER);
  }

  same(settings: HealthCheck, credentials: Credentials | null): boolean {
    return credentials === this.credentials && JSON.stringify(settings) === JSON.stringify(this.settings);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private readonly tick = async () => {
    // The endpoint left the last snapshot.
    if (this.live.users === 0) {
      this.owner.delete(this.live);
      this.stop();
      return;
    }
    const problem = await (this.settings.kind === "tcp" ? this.connects() : this.answers());
    if (this.stopped) return;
    const healthy = problem === "";
    if (this.suspensions !== this.live.suspensions) this.successes = 0;
    this.suspensions = this.live.suspensions;
    this.successes = healthy ? this.successes + 1 : 0;
    this.failures = healthy ? 0 : this.failures + 1;
    const { intervalMs, healthyAfter, unhealthyAfter } = this.settings;
    if (this.successes >= healthyAfter) this.live.checked("passing", performance.now());
    if (this.failures >= unhealthyAfter) {
      this.live.checked("failing", performance.now());
      this.problem = problem;
      // What a request met before is not why.
      this.live.note(problem);
    }
    this.timer = setTimeout(this.tick, intervalMs * (1 - JITTER / 2 + Math.random() * JITTER));
  };

  /**
   * GET path: "" for an expected status within the timeout, else what happened. The path stands alone; it is not below
   * the endpoint's.
   */
  private async answers(): Promise<string> {
    const target = new URL(this.settings.path, this.url.origin);
    const headers = ["User-Agent", "sluice-health-check", "Host", target.host];
    const problem = await this.credentials?.ready();
    // Nothing was learned of the endpoint.
    if (problem) return this.live.check === "failing" ? this.problem : "";
    const asked = target.pathname + target.search;
    const path = this.credentials?.apply("GET", asked, headers) ?? asked;
    if (this.live.backend.offersHttp2) return this.answersOnWire(target, path, headers);
    return new Promise((resolve) => {
      const send = this.url.protocol === "https:" ? requestHttps : requestHttp;
      const servername = tlsNameOf(target.hostname);
      const own = { agent: false, lookup: lookupName } as const;
      const options = { ...own, path, headers: headers as never, ...this.live.tls, servername };
      const req = send(target, options);
      // A fault of ours says nothing of the endpoint.
      const breakOff = () => {
        req.destroy();
        done(this.live.check === "failing" ? this.problem : "");
      };
      const exposed: Exposed = { requestId: "", breakOff };
      listen("probe response", req, exposed, (res: IncomingMessage) => {
        ignoreErrors(res);
        res.destroy();
        done(this.judged(res.statusCode ?? 0));
      });
      const timer = setTimeout(() => req.destroy(this.late()), this.settings.timeoutMs);
      const done = (words: string) => {
        clearTimeout(timer);
        resolve(words);
      };
      listen("probe error", req, exposed, (error: Error) => {
        if (isOurs(error)) breakOff();
        else done(wordsOf(error));
      });
      req.end();
    });
  }

  private judged(status: number): string {
    return this.expected(status) ? "" : `answered ${status}, expected ${this.settings.expected.trim()}`;
  }

  /** The same in the version of HTTP that requests are sent in, on a connection that has served nobody yet. */
  private async answersOnWire(target: URL, path: string, headers: string[]): Promise<string> {
    const { timeoutMs } = this.settings;
    let status = 0;
    const exchange: Exchange = {
      ...{ requestId: "", method: "GET", takesTrailers: false },
      body: () => undefined,
      bodyWaits: () => false,
      onHead(answered) {
        status = answered;
        return false;
      },
      onInformation() {},
      onData: () => true,
      onTrailers() {},
      onEnd() {},
      breakOff: () => attempt.abandon(),
    };
    const deadline = performance.now() + timeoutMs;
    const timeouts = { responseMs: timeoutMs, idleMs: timeoutMs, deadline, mayBeQuiet: false };
    const attempt = new Attempt(this.live.backend, exchange, timeouts, true);
    const outcome = await attempt.run(path, headers, tlsNameOf(target.hostname));
    if (outcome.kind === "response") return this.judged(status);
    if (outcome.kind !== "failure") return this.live.check === "failing" ? this.problem : "";
    const timedOut = outcome.cause === "responseTimeout" || outcome.cause === "connectTimeout";
    return timedOut ? this.late().message : outcomeWords(outcome);
  }

  private late = () => new Late(`no answer to the check in ${this.settings.timeoutMs} ms`);

  private connects(): Promise<string> {
    return new Promise((resolve) => {
      const port = Number(this.url.port) || (this.url.protocol === "https:" ? 443 : 80);
      const host = this.url.hostname.replace(/^\[|\]$/g, "");
      const socket = connect({ host, port, lookup: lookupName });
      const timer = setTimeout(() => socket.destroy(this.late()), this.settings.timeoutMs);
      const done = (words: string) => {
        clearTimeout(timer);
        socket.destroy();
        resolve(words);
      };
      const breakOff = () => done(this.live.check === "failing" ? this.problem : "");
      const exposed: Exposed = { requestId: "", breakOff };
      listen("probe connect", socket, exposed, () => done(""));
      listen("probe error", socket, exposed, (error: Error) => {
        if (isOurs(error)) breakOff();
        else done(wordsOf(error));
      });
    });
  }
}

class Late extends Error {}

/** Without a free descriptor nothing is learned of the endpoint. */
const isOurs = (error: NodeJS.ErrnoException) => isDescriptorShortage(error.code);

const wordsOf = (error: NodeJS.ErrnoException) =>
  error instanceof Late ? error.message : socketWords(error.code ?? "");

/** "200-399, 404" as a test. The form was checked by the schema. */
function statusMatcher(text: string): (status: number) => boolean {
  const ranges = text.split(",").map((part) => {
    const [from, to] = part.trim().split("-").map(Number);
    return [from!, to ?? from!] as const;
  });
  return (status) => ranges.some(([from, to]) => status >= from && status <= to);
}
