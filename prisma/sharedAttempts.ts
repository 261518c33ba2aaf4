import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type AttemptRule, attempt } from "#lib/access/attemptRule";
import { type AttemptRules, type Attempts, MemoryAttempts, type Tried } from "#lib/node/attempts";
import { databaseTime } from "./clock";
import { database } from "./db";
import type { Prisma } from "./generated/client";
import { lock } from "./lock";

/** How long somebody waits for tries that are under way at other publishers, ms, and between two looks. */
const WAIT_MS = 5_000;
const PAUSE_MS = 50;
/** One that is under way for longer was that of a publisher which is gone, ms. */
const PENDING_MS = 60_000;

/** `isHeld`: by tries that are under way and may succeed. */
type Reserved = { ok: true; ids: number[] } | { ok: false; waitMs: number; isHeld: boolean };

/**
 * Tries that all publishers count together, in PostgreSQL. A guess counts as failed from before it is checked until it
 * has not failed, so that many publishers allow no more than one does. Keys are stored as hashes: one may be a password
 * that somebody typed as a name.
 */
export class SharedAttempts implements Attempts {
  /** Has those of this process take turns. */
  private readonly own = new MemoryAttempts();

  async take(rules: AttemptRules): Promise<{ ok: true } | { ok: false; waitMs: number }> {
    const reserved = await reserve(rules, false);
    return reserved.ok ? { ok: true } : { ok: false, waitMs: reserved.waitMs };
  }

  async guess<T>(
    rules: AttemptRules,
    check: () => Promise<T>,
    failed: (value: T) => boolean,
  ): Promise<Tried<T>> {
    const tried = await this.own.guess(
      rules,
      () => this.guessInTurn(rules, check, failed),
      (one) => one.kind === "done" && failed(one.value),
    );
    return tried.kind === "done" ? tried.value : tried;
  }

  private async guessInTurn<T>(
    rules: AttemptRules,
    check: () => Promise<T>,
    failed: (value: T) => boolean,
  ): Promise<Tried<T>> {
    const until = performance.now() + WAIT_MS;
    let reserved = await reserve(rules, true);
    while (!reserved.ok && reserved.isHeld && performance.now() < until) {
      await sleep(PAUSE_MS);
      reserved = await reserve(rules, true);
    }
    if (!reserved.ok) {
      return reserved.isHeld ? { kind: "busy" } : { kind: "limited", waitMs: reserved.waitMs };
    }
    const where = { id: { in: reserved.ids } };
    try {
      const value = await check();
      if (failed(value)) await database().attempt.updateMany({ where, data: { isPending: false } });
      else await database().attempt.deleteMany({ where });
      return { kind: "done", value };
    } catch (error) {
      // Nothing is known of it, so nothing counts.
      await database().attempt.deleteMany({ where });
      throw error;
    }
  }
}

/** Counts one for every key, or for none. */
function reserve(rules: AttemptRules, isPending: boolean): Promise<Reserved> {
  const keys = Object.entries(rules)
    .map(([key, rule]): [string, AttemptRule] => [createHash("sha256").update(key).digest("base64url"), rule])
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return database().$transaction(async (tx) => {
    for (const [key] of keys) await lock(tx, `attempt:${key}`);
    const now = await databaseTime(tx);
    let waitMs = 0;
    let isHeld = false;
    for (const [key, rule] of keys) {
      await forget(tx, key, rule, now);
      const rows = await tx.attempt.findMany({ where: { key }, orderBy: { at: "asc" } });
      const times = (counted: typeof rows) => counted.map(({ at }) => at.getTime());
      const next = attempt(times(rows), now.getTime(), rule);
      if (next.ok) continue;
      waitMs = Math.max(waitMs, next.waitMs);
      isHeld ||= attempt(times(rows.filter((row) => !row.isPending)), now.getTime(), rule).ok;
    }
    if (waitMs > 0) return { ok: false, waitMs, isHeld } as const;
    const ids: number[] = [];
    for (const [key] of keys) ids.push((await tx.attempt.create({ data: { key, at: now, isPending } })).id);
    return { ok: true, ids } as const;
  });
}

async function forget(tx: Prisma.TransactionClient, key: string, rule: AttemptRule, now: Date) {
  const before = (ms: number) => new Date(now.getTime() - ms);
  const lost = { isPending: true, at: { lt: before(PENDING_MS) } };
  await tx.attempt.deleteMany({ where: { key, OR: [{ at: { lte: before(rule.windowMs) } }, lost] } });
}

/** Forgets what no rule asks for any more. @param longestMs of all windows */
export async function forgetAttempts(longestMs: number): Promise<void> {
  const now = await databaseTime(database());
  await database().attempt.deleteMany({ where: { at: { lt: new Date(now.getTime() - longestMs) } } });
}
