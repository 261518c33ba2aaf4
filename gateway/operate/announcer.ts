import { type Announced, RENEW_MS, type Told } from "#lib/gateways";
import type { DatabaseClient } from "../reading/databaseClient";

/** How often it is looked whether there is something to say, ms; after a change at once. */
const LOOK_MS = 1_000;
/** How long a stop waits until its row is gone, ms. */
const LEAVE_MS = 1_000;

/**
 * Says in this gateway's row that it is there, what it serves and what is wrong with it: at once when one of them
 * changes, else every 5 s (docs/decisions/029-gateways-rows.md). Whatever becomes of that, it serves on.
 */
export class Announcer {
  /** Why the publisher does not know of this gateway as it is, a sentence; null while it does. */
  problem: string | null = null;
  /** Another process with this id goes on running: this one is not ready. */
  isRefused = false;
  private told = "";
  private toldAt = Number.NEGATIVE_INFINITY;
  private underWay: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  /** @param say what there is to say now */
  constructor(
    private readonly database: Pick<DatabaseClient, "ask">,
    private readonly say: () => Announced,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.look(), LOOK_MS);
    this.look();
  }

  /** Says what is new, once it has been started: on SQLite there is nobody to say it to. */
  look(): void {
    if (!this.timer || this.stopped || this.underWay) return;
    const said = this.say();
    const text = JSON.stringify(said);
    // Timers come a little early or late.
    if (text === this.told && performance.now() - this.toldAt < RENEW_MS - LOOK_MS / 2) return;
    this.underWay = this.announce(said, text).then((done) => {
      this.underWay = null;
      // What changed meanwhile.
      if (done) this.look();
    });
  }

  /** Its row goes. */
  async stop(): Promise<void> {
    if (!this.timer) return;
    this.stopped = true;
    clearInterval(this.timer);
    const { id, instance } = this.say();
    const leaving = async () => {
      await this.underWay;
      await this.database.ask("leave", id, instance).catch(() => {});
    };
    await Promise.race([leaving(), new Promise((resolve) => setTimeout(resolve, LEAVE_MS).unref())]);
  }

  /** Whether it stands in the row now. */
  private async announce(said: Announced, text: string): Promise<boolean> {
    const startedAt = performance.now();
    let told: Told;
    try {
      told = await this.database.ask("announce", said);
    } catch (error) {
      this.failed(error instanceof Error ? error.message : String(error));
      return false;
    }
    if (told === "told") {
      if (this.problem !== null) console.log(`Gateway ${said.id} stands in the database again.`);
      this.problem = null;
      this.isRefused = false;
      this.told = text;
      this.toldAt = startedAt;
      return true;
    }
    if (told !== "waits") this.refused(said.id, told.other);
    return false;
  }

  private failed(why: string): void {
    if (this.stopped) return;
    if (this.problem === null)
      console.error(`The publisher does not learn of this gateway, which serves all the same: ${why}`);
    this.problem = `The publisher does not learn of this gateway: ${why}`;
    this.told = "";
  }

  private refused(id: string, other: string): void {
    this.problem = `Another gateway with the id "${id}" runs on ${other}: set another GATEWAY_ID for one of the two. This one is not ready until the other one ends.`;
    if (!this.isRefused) console.error(this.problem);
    this.isRefused = true;
  }
}
