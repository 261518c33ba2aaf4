import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engineOf, shownDatabase } from "#lib/node/databaseUrl";
import { backup, isOpen } from "./backup";
import { openWriter } from "./connect";
import { Prisma, type PrismaClient } from "./generated/client";
import { mendLive } from "./liveMending";
import { migrate } from "./migrate";
import { proveSecret } from "./secretProbe";
import { databaseFile, query, withDatabase } from "./sqlite";
import { troubleOf } from "./trouble";

/** Moves everything that is stored from a SQLite file to PostgreSQL. The file stays as it is. */

/** `rows` of each table that has some. `message`: one sentence or more; nothing was changed. */
export type MoveResult =
  | { ok: true; rows: { table: string; count: number }[]; generation: number }
  | { ok: false; message: string };

/** How long it may take, ms. */
const TIMEOUT_MS = 1_800_000;
/** Rows that are read and written at a time; fewer of those that are documents. */
const AT_A_TIME = 200;
const DOCUMENTS_AT_A_TIME = 4;
const DOCUMENTS: ReadonlySet<Model> = new Set(["Api", "Revision", "EarlierDraft"]);

type Model = Prisma.ModelName;

/** In the order in which rows may be written that name others. `e2e/regressions/moved-to-a-server.spec.ts` holds it to the schema. */
const ORDER: readonly Model[] = [
  ...([
    "User",
    "Account",
    "Session",
    "Verification",
    "Setting",
    "SigningKey",
    "Issuer",
    "Revocation",
  ] as const),
  ...(["BackendCertificate", "Api", "Secret", "Revision", "Deployment", "EarlierDraft"] as const),
  ...(["EndpointSwitch", "Live", "LivePath", "Application", "ApplicationKey", "Subscription"] as const),
  ...(["Change", "AuditEntry"] as const),
];
/** Written by a migration, or by nobody on SQLite. */
const NOT_MOVED: ReadonlySet<string> = new Set(["Generation", "Gateway", "Attempt", "Lease"]);

/** What Prisma calls the rows of a model, as far as this needs it. */
interface Rows {
  count(): Promise<number>;
  findMany(options: object): Promise<Record<string, unknown>[]>;
  createMany(options: { data: object[] }): Promise<{ count: number }>;
}

const rowsOf = (db: object, model: Model) =>
  (db as Record<string, Rows>)[model.charAt(0).toLowerCase() + model.slice(1)]!;

/**
 * Copies all rows with their ids in one transaction, compares what was written with what was read, and has ids and the
 * generation go on where they were. Refused where the file is in use, the target is not empty, or the secret is not the
 * one that the rows were sealed with.
 */
export async function moveData(from: string, to: string, secret: Buffer): Promise<MoveResult> {
  const file = databaseFile(from);
  if (!file || !existsSync(file)) return refusal(`There is no SQLite database at ${shownDatabase(from)}.`);
  if (engineOf(to) !== "postgresql") return refusal("--to must be a postgresql: URL.");
  if (await isOpen(file)) return refusal(`${file} is in use. Stop Sluice, then move its data.`);
  const folder = await mkdtemp(join(tmpdir(), "sluice-move-"));
  try {
    // A copy, brought to this version: with the file itself the version before can go on.
    const copy = `file:${join(folder, "copy.db")}`;
    const copied = await backup(from, join(folder, "copy.db"));
    if (!copied.ok) return copied;
    for (const url of [copy, to]) {
      const migrated = await migrate(url);
      if (!migrated.ok) return migrated;
    }
    return await between(await openWriter(copy), await openWriter(to), { copy, to, secret });
  } catch (error) {
    const { known, message } = troubleOf(error);
    return refusal(`The data could not be moved: ${known ? message : lastLine(error)}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function between(
  source: PrismaClient,
  target: PrismaClient,
  { copy, to, secret }: { copy: string; to: string; secret: Buffer },
): Promise<MoveResult> {
  try {
    await mendLive(source);
    if (!(await proveSecret(source, secret))) {
      return refusal(
        "The secret does not open what is stored in the file: give the one that it was written with in SLUICE_SECRET, or in sluice.secret of the data folder.",
      );
    }
    for (const model of ORDER) {
      if ((await rowsOf(target, model).count()) > 0) {
        return refusal(`${shownDatabase(to)} is not empty: it has rows in ${model}. Name a new database.`);
      }
    }
    const generation = ((await source.generation.findFirst())?.value ?? 0) + 1;
    const reached = await reachedIds(copy);
    return await target.$transaction(
      async (tx) => {
        const rows: { table: string; count: number }[] = [];
        for (const model of ORDER) {
          const count = await moveRows(rowsOf(source, model), rowsOf(tx, model), model);
          if (count > 0) rows.push({ table: model, count });
        }
        for (const [table, id] of reached) {
          await tx.$queryRaw`SELECT setval(pg_get_serial_sequence(${`"${table}"`}, 'id'), ${id}::bigint)::text`;
        }
        await tx.generation.update({ where: { id: 1 }, data: { value: generation } });
        return { ok: true, rows, generation };
      },
      { timeout: TIMEOUT_MS },
    );
  } finally {
    await Promise.all([source.$disconnect(), target.$disconnect()]);
  }
}

/** Page by page; what was written is read back and compared. Returns how many there are. */
async function moveRows(source: Rows, target: Rows, model: Model): Promise<number> {
  const take = DOCUMENTS.has(model) ? DOCUMENTS_AT_A_TIME : AT_A_TIME;
  const orderBy = keyOf(model).map((name) => ({ [name]: "asc" }));
  for (let skip = 0; ; skip += take) {
    const page = { orderBy, skip, take };
    const data = await source.findMany(page);
    if (data.length > 0) await target.createMany({ data });
    const written = await target.findMany(page);
    if (JSON.stringify(written) !== JSON.stringify(data)) {
      throw new Error(`What was written of ${model} is not what was read.`);
    }
    if (data.length < take) return skip + data.length;
  }
}

/** By what rows of a model are told apart. */
function keyOf(model: Model): string[] {
  const keys: Partial<Record<Model, string[]>> = {
    EndpointSwitch: ["apiId", "endpointId"],
    Subscription: ["applicationId", "apiId"],
    Live: ["apiId"],
    LivePath: ["path"],
    Setting: ["name"],
  };
  return keys[model] ?? ["id"];
}

/** The highest id that each table has ever given: one of a deleted row is not given again. */
async function reachedIds(copy: string): Promise<[table: string, id: number][]> {
  const rows = await withDatabase(databaseFile(copy) ?? "", 0, (database) =>
    query(database, "SELECT name, CAST(seq AS TEXT) FROM sqlite_sequence WHERE seq > 0"),
  );
  return rows
    .map(([table, id]): [string, number] => [String(table), Number(id)])
    .filter(([table]) => ORDER.includes(table as Model));
}

/** Tables that are neither moved nor left out on purpose; none, as a test holds. */
export function forgottenTables(): string[] {
  return Object.values(Prisma.ModelName).filter((name) => !ORDER.includes(name) && !NOT_MOVED.has(name));
}

const refusal = (message: string) => ({ ok: false, message }) as const;
const lastLine = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).trim().split("\n").at(-1) ?? "";
