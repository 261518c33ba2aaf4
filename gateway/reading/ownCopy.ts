import type { CopyNews } from "#lib/feed";

/** So much may a clock be behind the one before without being taken for wrong, ms. */
const BEHIND_MS = 5 * 60_000;

/**
 * That a routing table comes from the gateway's own copy, and whether that says still which tokens were revoked. Its age
 * is told by the clock, and by how long this has run since, whichever is more: one that is set back makes no copy
 * younger. A copy from a time that is yet to come has an age that nobody knows.
 */
export class OwnCopy {
  private readonly since = performance.now();
  private readonly ageAtFirst: number;
  private readonly isFromLater: boolean;
  private told = "";

  constructor(private readonly news: CopyNews) {
    const age = Date.now() - news.confirmedAt;
    this.ageAtFirst = Math.max(0, age);
    this.isFromLater = age < -BEHIND_MS;
  }

  /** When it was last known to be what the database says. */
  get confirmedAt(): Date {
    return new Date(this.news.confirmedAt);
  }

  /** Whether tokens are refused; why is in the log, once. */
  get refusesTokens(): boolean {
    const problem = this.problem();
    if (problem !== this.told && problem !== "") console.error(problem);
    this.told = problem;
    return problem !== "";
  }

  /** What is said of it wherever it is told that the database cannot be read. */
  get words(): string {
    const problem = this.problem();
    return `The gateway serves from its own copy of ${timeWords(this.confirmedAt)}.${problem && ` ${problem}`}`;
  }

  private problem(): string {
    const byClock = Date.now() - this.news.confirmedAt;
    if (this.isFromLater && byClock < -BEHIND_MS) {
      return `By this machine's clock that is yet to come: tokens get 503, because it is not known which were revoked since.`;
    }
    const age = Math.max(byClock, this.ageAtFirst + performance.now() - this.since);
    if (age <= this.news.maxAgeMs) return "";
    return `That is longer ago than GATEWAY_CACHE_MAX_AGE allows (${this.news.maxAgeMs / 1000} s): tokens get 503, because it is not known which were revoked since.`;
  }
}

/** "10:42 UTC", on another day with its date in front. */
function timeWords(time: Date): string {
  const [date = "", rest = ""] = time.toISOString().split("T");
  const isToday = date === new Date().toISOString().slice(0, date.length);
  return `${isToday ? "" : `${date} `}${rest.slice(0, 5)} UTC`;
}
