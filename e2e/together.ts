/**
 * Changes that are made at the same moment, as by several publishers of one PostgreSQL database: each has looked before
 * the first one is done. For e2e/seed.ts.
 */
import { setTimeout as sleep } from "node:timers/promises";
import * as users from "#prisma/access/accounts";
import * as applications from "#prisma/access/applications";
import * as tokens from "#prisma/access/revocations";
import { copyApi } from "#prisma/copyApi";
import { database } from "#prisma/db";
import { storeImport } from "#prisma/imports";
import * as store from "#prisma/store";

/** By what they do; the rest are their words in order. */
export type Act =
  | [does: "createKey" | "deleteKey" | "rotateKey" | "deleteApplication", application: string]
  | [does: "subscribe" | "unsubscribe", application: string, api: string]
  | [does: "deleteApi" | "copyApi" | "undeploy", api: string]
  | [does: "renameAndDeploy", api: string, name: string]
  | [does: "deleteIssuer" | "revokeClient", id: string]
  | [does: "readApplication" | "readSession", id: string];

const by = { userId: null, username: "test" };

function done([does, id, other = ""]: Act): Promise<unknown> {
  switch (does) {
    case "createKey":
      return applications.createKey(id, "production", by);
    case "deleteKey":
      return applications.deleteKey(id, "production", by);
    case "rotateKey":
      return applications.rotateKey(id, "production", true, by);
    case "deleteApplication":
      return applications.deleteApplication(id, by);
    case "subscribe":
      return applications.subscribe(id, other, by);
    case "unsubscribe":
      return applications.unsubscribe(id, other, by);
    case "deleteApi":
      return store.deleteApi(id, by);
    case "undeploy":
      return store.undeploy(id, by);
    case "copyApi":
      return copyApi(id, { version: "9.9.9", isDefaultVersion: false }, by);
    case "renameAndDeploy":
      return renamed(id, other);
    case "deleteIssuer":
      return tokens.deleteIssuer(id, by);
    case "revokeClient":
      return tokens.revokeClient(id, by);
    case "readApplication":
      return applications.getApplication(id);
    case "readSession":
      return users.findBySessionToken(id, new Date());
  }
}

async function renamed(id: string, name: string): Promise<unknown> {
  const api = await store.getApi(id);
  if (!api) throw new Error("There is no such API.");
  const definition = { ...api.definition, name };
  const over = { id, draftVersion: api.draftVersion };
  return storeImport({ definition, over, certificates: [], deployment: { note: "" } }, by);
}

/**
 * What each comes to: "ok", why it was refused, or the error. They begin in their order, each when those before wait.
 * @param behind SQL that takes what all of them have to wait for
 * @param meanwhile SQL that is done while they wait
 */
export async function together(behind: string, acts: readonly Act[], meanwhile = ""): Promise<string[]> {
  const outcomes: Promise<string>[] = [];
  await database().$transaction(async (tx) => {
    await tx.$executeRawUnsafe(behind);
    for (const act of acts) {
      outcomes.push(done(act).then(wordOf, (error: unknown) => String(error).trim()));
      await untilWaiting(outcomes.length);
    }
    if (meanwhile) await tx.$executeRawUnsafe(meanwhile);
  });
  return Promise.all(outcomes);
}

const wordOf = (result: unknown) => (result === null ? "none" : ((result as { kind?: string }).kind ?? "ok"));

async function untilWaiting(wanted: number): Promise<void> {
  const waiting = () => database().$queryRaw<{ n: number }[]>`
    SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
  while (((await waiting())[0]?.n ?? 0) < wanted) await sleep(5);
}
