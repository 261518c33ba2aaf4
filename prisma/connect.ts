import { engineOf } from "#lib/node/databaseUrl";
import { databaseUrl, keepDatabase, openDatabase, openToRead } from "./db";
import type { PrismaClient } from "./generated/client";

/**
 * Opens what `DATABASE_URL` names, whichever engine. What speaks to PostgreSQL is loaded from its bundle, and only then.
 * Not for pages, which get the client that their process has opened (`database()`).
 */

/** Always as a bundle, from here and from build/. */
const BUNDLE = import.meta.url.endsWith(".ts") ? "../build/postgresql.mjs" : "./postgresql.mjs";

/** What speaks to PostgreSQL. */
export function loadPostgres(): Promise<typeof import("./postgresql")> {
  return import(new URL(BUNDLE, import.meta.url).href);
}

/** A client that writes. */
export async function openWriter(url: string): Promise<PrismaClient> {
  return engineOf(url) === "sqlite" ? openDatabase(url) : (await loadPostgres()).openPostgres(url);
}

/** One that reads. @param busyTimeoutMs how long it waits for a SQLite file that is locked */
export async function openReader(url: string, busyTimeoutMs: number): Promise<PrismaClient> {
  if (engineOf(url) === "sqlite") return openToRead(url, busyTimeoutMs);
  return (await loadPostgres()).openPostgresToRead(url);
}

/** Has `database()` be the one that `DATABASE_URL` names. Nothing is asked of it yet. */
export async function connectDatabase(): Promise<void> {
  keepDatabase(await openWriter(databaseUrl()));
}
