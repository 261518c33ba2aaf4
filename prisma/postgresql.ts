import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { PrismaPg } from "@prisma/adapter-pg";
import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory } from "@prisma/driver-adapter-utils";
import pg from "pg";
import { type PostgresPlace, postgresPlace } from "#lib/node/databaseUrl";
import { againAfterDeadlock } from "./deadlock";
import type { PrismaClient } from "./generated/client";
import { PrismaClient as PostgresClient } from "./generated/postgresql/client";

/**
 * PostgreSQL: how a server is spoken to. A bundle of its own (build/postgresql.mjs), which connect.ts loads where
 * `DATABASE_URL` asks for it, so that nobody else pays for it.
 */

/** Times, ms (spec scale.md section 2). */
const CONNECT_MS = 3_000;
const STATEMENT_MS = 10_000;
const IDLE_IN_TRANSACTION_MS = 15_000;
/** A server that was stopped or cut off says nothing: the connection is given up this long after the statement. */
const ANSWER_MS = STATEMENT_MS + 2_000;
/** The same for a gateway, whose polls are small. */
const POLL_ANSWER_MS = 5_000;
const KEEP_ALIVE_MS = 10_000;
/** A connection that nobody uses is kept for so long: to open one takes longer than most questions. */
const UNUSED_MS = 300_000;
/** How long a transaction may wait for a connection, and may take, ms. */
const transactionOptions = { maxWait: 5_000, timeout: 15_000 };

/** A client that writes. */
export function openPostgres(url: string): PrismaClient {
  return againAfterDeadlock(clientOf(url, { max: 10, query_timeout: ANSWER_MS }));
}

/** One that reads for a gateway: a question without an answer is an error after 5 s, and the next one connects anew. */
export function openPostgresToRead(url: string): PrismaClient {
  return clientOf(url, { max: 2, query_timeout: POLL_ANSWER_MS }, READ_ONLY);
}

/** One connection for what a gateway says of itself. */
export function openPostgresToAnnounce(url: string): PrismaClient {
  return clientOf(url, { max: 1, query_timeout: POLL_ANSWER_MS });
}

const READ_ONLY = "SET default_transaction_read_only = on";

function clientOf(url: string, options: pg.PoolConfig, also = ""): PrismaClient {
  const adapter = adapterOf(url, options, also);
  // The models are the same in both, and so are the calls that Sluice makes.
  return new PostgresClient({ adapter, transactionOptions }) as unknown as PrismaClient;
}

/**
 * Prisma's way to the server, for the schema engine. Statements may take their time, and a script is sent as one, which
 * makes it one transaction: the driver would cut it at each semicolon.
 */
export function migrationFactory(url: string): SqlMigrationAwareDriverAdapterFactory {
  const options = { max: 4, statement_timeout: 0 };
  const connect = (to: string) => adapterOf(to, options).connect();
  return {
    ...{ provider: "postgres", adapterName: "sluice-postgresql" },
    connect: async () => onceDisposed(wholeScripts(await connect(url))),
    // A database beside it, to see what the migrations make.
    connectToShadowDb: async () => {
      const name = `sluice_shadow_${randomBytes(6).toString("hex")}`;
      await withConnection(url, (query) => query(`CREATE DATABASE "${name}"`));
      const shadowUrl = new URL(url);
      shadowUrl.pathname = `/${name}`;
      const shadow = await connect(String(shadowUrl));
      const dispose = shadow.dispose.bind(shadow);
      shadow.dispose = async () => {
        await dispose();
        await withConnection(url, (query) => query(`DROP DATABASE "${name}"`));
      };
      return onceDisposed(wholeScripts(shadow));
    },
  };
}

function wholeScripts(adapter: SqlDriverAdapter): SqlDriverAdapter {
  const { underlyingDriver } = adapter as SqlDriverAdapter & { underlyingDriver(): pg.Pool };
  const pool = underlyingDriver.call(adapter);
  adapter.executeScript = async (script) => {
    await pool.query(script);
  };
  const ask = pool.query.bind(pool) as (question: unknown) => Promise<pg.QueryArrayResult>;
  Object.assign(pool, { query: async (question: unknown) => asText(await ask(question)) });
  return adapter;
}

/** Of PostgreSQL's own tables the engine reads columns whose types the adapter refuses: "char" and name. */
const SYSTEM_TYPES: Readonly<Record<number, number>> = {
  18: pg.types.builtins.BPCHAR,
  19: pg.types.builtins.TEXT,
};

function asText(result: pg.QueryArrayResult): pg.QueryArrayResult {
  for (const field of result.fields ?? [])
    field.dataTypeID = SYSTEM_TYPES[field.dataTypeID] ?? field.dataTypeID;
  return result;
}

/** The engine closes what it opened, and so does who started it. */
function onceDisposed(adapter: SqlDriverAdapter): SqlDriverAdapter {
  const dispose = adapter.dispose.bind(adapter);
  let disposed: Promise<void> | null = null;
  adapter.dispose = () => {
    disposed ??= dispose();
    return disposed;
  };
  return adapter;
}

/** One connection for plain SQL, closed when the work is done. @param statementMs for each statement, 0 for no limit */
export async function withConnection<T>(
  url: string,
  work: (query: (sql: string, values?: unknown[]) => Promise<unknown[][]>) => Promise<T>,
  statementMs = STATEMENT_MS,
): Promise<T> {
  const place = placeOf(url);
  const client = new OwnClient(configOf(place));
  // What breaks it is told by the statement under way.
  client.on("error", () => {});
  await client.connect();
  try {
    await client.query(settings(place, statementMs));
    return await work(async (text, values) => (await client.query({ text, values, rowMode: "array" })).rows);
  } finally {
    await client.end().catch(() => {});
  }
}

/** @param also a statement for each new connection */
function adapterOf(url: string, options: pg.PoolConfig, also = ""): PrismaPg {
  const place = placeOf(url);
  const { statement_timeout: given, ...rest } = options;
  const statementMs = given === undefined ? STATEMENT_MS : Number(given);
  const pool = new pg.Pool({
    ...configOf(place),
    idleTimeoutMillis: UNUSED_MS,
    ...rest,
    Client: OwnClient,
    onConnect: async (client: pg.ClientBase) => {
      await client.query(`${settings(place, statementMs)}; ${also}`);
    },
  } as unknown as pg.PoolConfig);
  // A connection that nobody uses may end at any time; without this the process would end with it.
  pool.on("error", () => {});
  return new PrismaPg(pool, { schema: place.schema, disposeExternalPool: true });
}

/**
 * Of a connection; said on it and not in the first packet, where poolers refuse what they do not know. Whatever the
 * server, the database or the role has as its own: the driver reads one style of dates, and who waits for a lock must
 * see what was done meanwhile.
 */
function settings({ schema }: PostgresPlace, statementMs: number): string {
  const all = {
    statement_timeout: statementMs,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    timezone: "'UTC'",
    datestyle: "'ISO'",
    standard_conforming_strings: "on",
    default_transaction_isolation: "'read committed'",
    search_path: `"${schema}"`,
  };
  return Object.entries(all)
    .map(([name, value]) => `SET ${name} = ${value}`)
    .join("; ");
}

function placeOf(url: string): PostgresPlace {
  const read = postgresPlace(url);
  if (!read.ok) throw new Error(`DATABASE_URL ${read.message}.`);
  return read.place;
}

function configOf({ host, port, database, user, password, tls }: PostgresPlace): pg.ClientConfig {
  return {
    ...{ host, port, database, user, password },
    ssl: tls ? { rejectUnauthorized: true, ca: tls.rootCert && certificatesIn(tls.rootCert) } : false,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    application_name: "sluice",
  };
}

function certificatesIn(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new Error(`the file ${file} of sslrootcert cannot be read (${code})`, { cause: error });
  }
}

/** A connection whose answer did not come in time is of no use any more: what comes late would be taken for another's. */
class OwnClient extends pg.Client {
  // biome-ignore lint/suspicious/noExplicitAny: pg's own has seven forms
  override query(...args: any[]): any {
    const asked = super.query(...(args as Parameters<pg.Client["query"]>)) as unknown;
    if (asked instanceof Promise) asked.catch((error) => this.giveUp(error));
    return asked;
  }

  private giveUp(error: unknown): void {
    if (!/Query read timeout/.test(String(error))) return;
    const { connection } = this as unknown as { connection: { stream: { destroy(): void } } };
    connection.stream.destroy();
  }
}
