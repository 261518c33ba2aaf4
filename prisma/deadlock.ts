import type { PrismaClient } from "./generated/client";
import { isDeadlock } from "./trouble";

/** How often a transaction is begun in all. */
const MOST = 3;

/**
 * Begins transactions again that PostgreSQL ended because each waited for another's rows. Locks have an order (lock.ts);
 * of rows that a foreign key or a unique text names, which the server locks by itself, nobody can tell. Nothing of such a
 * transaction has happened, and what runs in one changes nothing but the database.
 */
export function againAfterDeadlock(client: PrismaClient): PrismaClient {
  const once = client.$transaction.bind(client) as (...args: unknown[]) => Promise<unknown>;
  const again = async (...args: unknown[]) => {
    for (let left = MOST - 1; ; left--) {
      try {
        return await once(...args);
      } catch (error) {
        if (typeof args[0] !== "function" || left === 0 || !isDeadlock(error)) throw error;
      }
    }
  };
  return Object.assign(client, { $transaction: again });
}
