import { usesPostgres } from "#lib/node/env";
import type { Prisma } from "./generated/client";

/**
 * Who looks before it writes keeps others from doing the same meanwhile. SQLite has one writer, whose transactions take
 * the lock when they begin (connection.ts); PostgreSQL has many, and each names what it looks at. To wait for each other
 * in a circle is impossible in this order: api, applications by their ids, what is installed, clients by theirs, paths,
 * the generation.
 */

type Tx = Pick<Prisma.TransactionClient, "$executeRaw">;

/** What is looked at. */
export type Locked =
  /** One API: its draft, revisions, deployments, switches, state. */
  | `api:${string}`
  /** One application: its keys and subscriptions. */
  | `application:${string}`
  /** Tokens of one client: what they may, and what ended them. */
  | `client:${string}`
  /** Who does a kind of work. */
  | `lease:${string}`
  /** Tries of one key. */
  | `attempt:${string}`
  /** Users, of which one administrator stays. */
  | "accounts"
  /** What is live, and whose the paths are. */
  | "paths"
  /** Backends' certificates. */
  | "certificates"
  /** Settings of the installation. */
  | "settings"
  /** The key that signs tokens. */
  | "signingKey";

/** Waits until nobody else has it, and has it until the transaction ends. */
export async function lock(tx: Tx, what: Locked): Promise<void> {
  if (usesPostgres()) await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${what}, 0))`;
}

/** How long a transaction waits for another that has raised the generation and is about to end, ms. */
const COUNTER_WAIT_MS = 2_000;

/** From here on it waits for locks no longer than that. */
export async function waitShortly(tx: Tx): Promise<void> {
  if (usesPostgres())
    await tx.$executeRaw`SELECT set_config('lock_timeout', ${String(COUNTER_WAIT_MS)}, true)`;
}
