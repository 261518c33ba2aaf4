/**
 * A child process that writes test data through the publisher's own store: tests may not import prisma, and the
 * publisher is the only writer. One per worker, because loading Prisma takes longer than most tests; each request
 * names its database.
 */
import { rm } from "node:fs/promises";
import { hashPassword } from "better-auth/crypto";
import type { Role } from "#lib/access/roles";
import type { ApiDefinition } from "#lib/edit/api";
import { usesPostgres } from "#lib/node/env";
import { installationSecret } from "#lib/node/secret";
import { compileWasmLate } from "#lib/node/webAssembly";
import * as users from "#prisma/access/accounts";
import * as applications from "#prisma/access/applications";
import * as tokens from "#prisma/access/revocations";
import type { TokenRequest } from "#prisma/access/signedTokens";
import { DEFAULT_ISSUER, ensureSigningKey, issueToken } from "#prisma/access/signing";
import * as certificates from "#prisma/certificates";
import { openWriter } from "#prisma/connect";
import { database, keepDatabase } from "#prisma/db";
import { readGeneration } from "#prisma/generation";
import { pathOf, query, quoted, run, withDatabase } from "#prisma/sqlite";
import * as store from "#prisma/store";
import * as switches from "#prisma/switches";
import { type Act, together } from "./together";

/** What a test may ask for; `SeedReply` answers with the same id. */
export type SeedCall =
  | { do: "save"; definition: unknown }
  | { do: "deploy"; definition: unknown }
  | { do: "undeploy" | "delete"; id: string }
  | { do: "user"; username: string; password: string; role: Role }
  | { do: "token"; token: TokenRequest; now?: number | undefined }
  | { do: "revokeToken"; id: string; expiresAt: number; now?: number | undefined }
  | { do: "revokeClient"; clientId: string }
  | { do: "issuer"; input: unknown; id?: string }
  | { do: "deleteIssuer"; id: string }
  | { do: "trust"; input: unknown }
  | { do: "distrust"; id: string }
  | { do: "application"; name: string; apis: string[] }
  | { do: "switch"; id: string; endpoint: string; state: "on" | "draining" | "off" }
  | { do: "keep" | "reset"; file: string }
  | { do: "together"; behind: string; acts: Act[]; meanwhile?: string | undefined }
  | { do: "sql"; text: string }
  | { do: "close" };
/** `folder`: the data folder of the database's installation. */
export type SeedRequest = SeedCall & { request: number; url: string; folder: string };
export type SeedReply = { request: number; result?: unknown; error?: string };

/** For whoever writes at that moment, ms. */
const RESET_WAIT_MS = 10_000;
/** Who the tests' rows are from. */
const by = { userId: null, username: "test" };
const clients = new Map<string, Awaited<ReturnType<typeof openWriter>>>();
const hashes = new Map<string, Promise<string>>();
let last: Promise<unknown> = Promise.resolve();

compileWasmLate();

// One after another: the store works on one current database.
process.on("message", (message: SeedRequest) => {
  last = last.then(async () => {
    const reply: SeedReply = { request: message.request };
    try {
      reply.result = await answer(message);
    } catch (error) {
      reply.error = error instanceof Error ? error.message : String(error);
    }
    process.send?.(reply);
  });
});
process.on("disconnect", () => process.exit(0));

async function answer(call: SeedRequest): Promise<unknown> {
  await switchTo(call);
  switch (call.do) {
    case "save":
      return save(call.definition);
    case "deploy": {
      const id = await save(call.definition);
      const { revision, generation } = succeeded(await store.deploy(id, { by }));
      return { id, revision, generation };
    }
    case "undeploy":
      return succeeded(await store.undeploy(call.id, by)).generation;
    case "delete":
      return succeeded(await store.deleteApi(call.id, by)).generation;
    case "user": {
      const { username, role, password } = call;
      const passwordHash = await hashOf(password);
      return succeeded(await users.createUser(by, { username, role, passwordHash })).id;
    }
    case "token": {
      const settings = {
        secret: installationSecret(call.folder, undefined),
        issuer: DEFAULT_ISSUER,
      };
      await ensureSigningKey(settings);
      const issued = await issueToken(call.token, new Date(call.now ?? Date.now()), settings);
      return {
        ...issued,
        expiresAt: issued.expiresAt.getTime(),
        generation: await readGeneration(database()),
      };
    }
    case "revokeToken": {
      const now = call.now === undefined ? undefined : new Date(call.now);
      return (await tokens.revokeToken(call.id, new Date(call.expiresAt), by, now)).generation;
    }
    case "revokeClient":
      return (await tokens.revokeClient(call.clientId, by)).generation;
    case "issuer":
      return succeeded(await tokens.saveIssuer(call.input, by, call.id));
    case "deleteIssuer":
      return succeeded(await tokens.deleteIssuer(call.id, by)).generation;
    case "trust": {
      const { certificate, generation } = succeeded(await certificates.addCertificate(call.input, by));
      return { id: certificate.id, generation };
    }
    case "distrust":
      return succeeded(await certificates.removeCertificate(call.id, by)).generation;
    case "application": {
      const { id } = succeeded(await applications.saveApplication({ name: call.name }, by));
      for (const api of call.apis) succeeded(await applications.subscribe(id, api, by));
      const production = succeeded(await applications.createKey(id, "production", by));
      const sandbox = succeeded(await applications.createKey(id, "sandbox", by));
      return { id, production, sandbox };
    }
    case "switch":
      return succeeded(await switches.switchEndpoint(call.id, call.endpoint, call.state, by)).generation;
    case "keep":
      return usesPostgres() ? keepRows(call.file) : keepFile(call.file);
    case "reset":
      return usesPostgres() ? putRowsBack(call.file) : reset(call.file);
    case "together":
      return together(call.behind, call.acts, call.meanwhile);
    case "sql":
      return sql(call.text);
    case "close":
      clients.delete(call.url);
      return database().$disconnect();
  }
}

/** Made once: it takes a tenth of a second, and tests give few passwords. */
function hashOf(password: string): Promise<string> {
  const made = hashes.get(password) ?? hashPassword(password);
  hashes.set(password, made);
  return made;
}

/** `database()` hands out the client that lies here. */
async function switchTo({ url, folder }: SeedRequest): Promise<void> {
  // The folder holds the secret that credentials are sealed with.
  Object.assign(process.env, { DATABASE_URL: url, SLUICE_DATA: folder });
  const client = clients.get(url) ?? (await openWriter(url));
  clients.set(url, client);
  keepDatabase(client);
}

/** Makes the API, or saves over the draft of the one with this name and version. */
async function save(given: unknown): Promise<string> {
  const { name, version, security } = given as Omit<ApiDefinition, "security"> & { security?: object };
  // Most tests are about something else than tokens, so an open API is what they mean when they do not say.
  const input = { ...(given as object), security: { kind: "none", ...security } };
  const existing = await database().api.findUnique({ where: { name_version: { name, version } } });
  if (!existing) return succeeded(await store.createApi(input, by)).id;
  succeeded(await store.saveDraft(existing.id, input, existing.draftVersion, by));
  return existing.id;
}

async function keepFile(file: string): Promise<void> {
  await rm(file, { force: true });
  await database().$executeRawUnsafe(`VACUUM INTO '${file}'`);
}

/** The tables of a PostgreSQL database with their rows as JSON, by the name that they are kept under. */
const kept = new Map<string, [table: string, rows: string][]>();

async function keepRows(name: string): Promise<void> {
  const rows: [string, string][] = [];
  for (const table of await tablesOfServer()) {
    const [row] = await database().$queryRawUnsafe<{ rows: string }[]>(
      `SELECT COALESCE(json_agg(t), '[]')::text AS rows FROM "${table}" t`,
    );
    rows.push([table, row?.rows ?? "[]"]);
  }
  kept.set(name, rows);
}

/** As `reset`; what was never kept is what a migration leaves behind. */
async function putRowsBack(name: string): Promise<number> {
  const client = database();
  const reached = await readGeneration(client);
  const rows = kept.get(name) ?? [];
  const tables = await tablesOfServer();
  await client.$transaction([
    // Rows come in any order.
    client.$executeRawUnsafe("SET LOCAL session_replication_role = replica"),
    client.$executeRawUnsafe(`TRUNCATE ${tables.map((table) => `"${table}"`).join(", ")}`),
    ...rows.map(([table, json]) =>
      client.$executeRawUnsafe(
        `INSERT INTO "${table}" SELECT * FROM json_populate_recordset(NULL::"${table}", $1::json)`,
        json,
      ),
    ),
    client.$executeRawUnsafe(
      `INSERT INTO "Generation" VALUES (1, ${reached + 1}) ON CONFLICT (id) DO UPDATE SET value = ${reached + 1}`,
    ),
  ]);
  return readGeneration(client);
}

async function tablesOfServer(): Promise<string[]> {
  const rows = await database().$queryRawUnsafe<{ name: string }[]>(
    "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'",
  );
  return rows.map(({ name }) => name);
}

/**
 * Puts the rows of another file in place of all that are here, takes triggers away (a migrated file has none), and
 * tells the gateway. Ids that count on are not given out again, so the generation rises. Past Prisma, whose statements
 * took as long, one by one, as the rest of many a test.
 */
function reset(file: string): Promise<number> {
  return withDatabase(pathOf(process.env.DATABASE_URL ?? ""), RESET_WAIT_MS, async (db) => {
    const named = async (type: string) =>
      (await query(db, `SELECT name FROM sqlite_master WHERE type = '${type}' AND name NOT LIKE 'sqlite_%'`))
        .map(([name]) => `"${name}"`)
        .filter((name) => name !== '"_prisma_migrations"');
    const [tables, triggers] = [await named("table"), await named("trigger")];
    await run(
      db,
      `PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; ATTACH ${quoted(file)} AS kept; BEGIN IMMEDIATE;
      CREATE TEMP TABLE reached AS SELECT "value" FROM main."Generation";
      ${triggers.map((name) => `DROP TRIGGER ${name};`).join("")}
      ${tables.map((name) => `DELETE FROM main.${name}; INSERT INTO main.${name} SELECT * FROM kept.${name};`).join("")}
      UPDATE main."Generation" SET "value" = 1 + (SELECT "value" FROM reached);
      COMMIT`,
    );
    const [[value] = []] = await query(db, 'SELECT "value" FROM "Generation"');
    return Number(value);
  });
}

/** One statement; rows for a query, the number of changed rows otherwise. */
async function sql(given: string): Promise<unknown> {
  const text = usesPostgres() ? quotedNames(given) : given;
  if (!/^\s*(select|pragma|with)\b/i.test(text)) return database().$executeRawUnsafe(text);
  const rows = await database().$queryRawUnsafe(text);
  return JSON.parse(
    JSON.stringify(rows, (_key, value) => (typeof value === "bigint" ? Number(value) : value)),
  );
}

/** PostgreSQL takes names for small letters unless they are quoted; ours alone have both. */
function quotedNames(text: string): string {
  const word = /'(?:[^']|'')*'|"[^"]*"|[A-Za-z]\w*/g;
  return text.replace(word, (found) =>
    /^[A-Za-z].*[A-Z]|^[A-Z].*[a-z]/.test(found) && /[a-z]/.test(found) ? `"${found}"` : found,
  );
}

function succeeded<T extends { ok: boolean }>(result: T): Extract<T, { ok: true }> {
  if (!result.ok) throw new Error(`The store refused: ${JSON.stringify(result)}`);
  return result as Extract<T, { ok: true }>;
}
