import { causes, type FailureCause } from "#lib/traffic/outcome";
import { afterRequest } from "#lib/traffic/suspension";
import type { Live } from "../backends/live";

/** What the failures of one request, or of one handshake, say of its endpoints (docs/rules/gateway.md section 6). */
export class Blame {
  /** Those within the exchange, which are judged when it is known whether an endpoint could answer. */
  private readonly open: { live: Live; cause: FailureCause; startedAt: number }[] = [];
  private elsewhere = false;

  /** An attempt that began at `startedAt` failed before any answer. */
  failed(live: Live, cause: FailureCause, words: string, startedAt: number, now: number): void {
    live.lost(words, now);
    if (causes[cause].about === "exchange") {
      this.open.push({ live, cause, startedAt });
      return;
    }
    this.elsewhere = true;
    live.blame(cause, startedAt, now);
  }

  /** The request has its answer from an endpoint, or nobody is asked any more. */
  judge(answered: boolean, now: number): void {
    const { open, elsewhere } = this;
    if (open.length === 0) return;
    const runs = open.map(({ live }) => live.run);
    for (const [i, { failures, counts }] of afterRequest(runs, { answered, elsewhere }).entries()) {
      const { live, cause, startedAt } = open[i]!;
      live.run = failures;
      if (counts) live.blame(cause, startedAt, now);
    }
    open.length = 0;
  }
}
