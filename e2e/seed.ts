/**
 * A child process that writes test data through the publisher's own store: tests may not import prisma, and the
 * publisher is the only writer. One per worker, because loading Prisma takes longer than most tests; each request
 * names its database.
 */
import type { ApiDefinition } from "#lib/api";
import { database, openDatabase } from "#prisma/db";
import { migrate } from "#prisma/migrate";
import * as store from "#prisma/store";

/** What a test may ask for; `SeedReply` answers with the same id. */
export type SeedCall =
  | { do: "migrate" }
  | { do: "save"; definition: unknown }
  | { do: "deploy"; definition: unknown }
  | { do: "undeploy" | "delete"; id: string }
  | { do: "sql"; text: string }
  | { do: "close" };
export type SeedRequest = SeedCall & { request: number; url: string };
export type SeedReply = { request: number; result?: unknown; error?: string };

const clients = new Map<string, ReturnType<typeof openDatabase>>();
let last: Promise<unknown> = Promise.resolve();

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
  if (call.do === "migrate") return succeeded(await migrate(call.url));
  switchTo(call.url);
  switch (call.do) {
    case "save":
      return save(call.definition);
    case "deploy": {
      const id = await save(call.definition);
      const { revision, generation } = succeeded(await store.deploy(id, { author: "test" }));
      return { id, revision, generation };
    }
    case "undeploy":
      return succeeded(await store.undeploy(call.id)).generation;
    case "delete":
      return succeeded(await store.deleteApi(call.id)).generation;
    case "sql":
      return sql(call.text);
    case "close":
      clients.delete(call.url);
      return database().$disconnect();
  }
}

/** `database()` hands out the client that lies here. */
function switchTo(url: string): void {
  let client = clients.get(url);
  if (!client) {
    client = openDatabase(url);
    clients.set(url, client);
  }
  (globalThis as { sluiceDatabase?: typeof client }).sluiceDatabase = client;
}

/** Makes the API, or saves over the draft of the one with this name and version. */
async function save(input: unknown): Promise<string> {
  const { name, version } = input as ApiDefinition;
  const existing = await database().api.findUnique({ where: { name_version: { name, version } } });
  if (!existing) return succeeded(await store.createApi(input)).id;
  succeeded(await store.saveDraft(existing.id, input, existing.draftVersion));
  return existing.id;
}

/** One statement; rows for a query, the number of changed rows otherwise. */
async function sql(text: string): Promise<unknown> {
  if (!/^\s*(select|pragma|with)\b/i.test(text)) return database().$executeRawUnsafe(text);
  const rows = await database().$queryRawUnsafe(text);
  return JSON.parse(
    JSON.stringify(rows, (_key, value) => (typeof value === "bigint" ? Number(value) : value)),
  );
}

function succeeded<T extends { ok: boolean }>(result: T): Extract<T, { ok: true }> {
  if (!result.ok) throw new Error(`The store refused: ${JSON.stringify(result)}`);
  return result as Extract<T, { ok: true }>;
}
