import { createHash, randomBytes } from "node:crypto";
import { type KeyType, keyTypes } from "#lib/edit/endpoints";
import { type ApplicationDetail, ApplicationInput, type ApplicationLine } from "#lib/schemas/application";
import { zodProblems } from "#lib/schemas/definition";
import { type Actor, writeAudit } from "../audit";
import { database } from "../db";
import type { Prisma } from "../generated/client";
import { raiseGeneration } from "../generation";
import { lock } from "../lock";
import type { Conflict, Invalid, Missing } from "../refusals";
import { containing } from "../searching";
import { ifStill, isMissing, isTaken } from "../taken";
import { endClientTokens } from "./revocations";
import { subscribedApis } from "./subscribed";

/**
 * Applications: consumers of APIs, with a client id and secret per key type. Whatever takes a right away ends the
 * tokens that still hold it and tells the gateway by a Change row, in one transaction.
 */

type Tx = Prisma.TransactionClient;

/** Once and never again: what is stored is a hash. */
export interface NewSecret {
  clientId: string;
  secret: string;
}

export const hashSecret = (secret: string) => createHash("sha256").update(secret).digest("base64url");

/**
 * 256 random bits, so a plain hash is enough: there is nothing to guess that a slow one would protect, and a client
 * may ask for tokens many times a second. It does not depend on SLUICE_SECRET, so it outlives a change of that.
 */
const freshSecret = () => randomBytes(32).toString("base64url");
const freshClientId = () => randomBytes(18).toString("base64url");

/** Room for the APIs in a token, bytes of JSON: a token has to fit into one header (`MAX_ISSUED_LENGTH`). */
const MAX_SUBSCRIBED_BYTES = 4_000;

/** One page of applications whose name or description contains `search`, by name. */
export async function listApplications(options: { search: string; page: number; pageSize: number }) {
  const { search, page, pageSize } = options;
  const where: Prisma.ApplicationWhereInput = search
    ? { OR: [{ name: containing(search) }, { description: containing(search) }] }
    : {};
  const [total, rows] = await Promise.all([
    database().application.count({ where }),
    database().application.findMany({
      where,
      orderBy: { name: "asc" },
      skip: (page - 1) * pageSize,
      take: pageSize,
      include: { keys: { select: { keyType: true } }, _count: { select: { subscriptions: true } } },
    }),
  ]);
  const applications = rows.map(
    ({ id, name, description, keys, _count }): ApplicationLine => ({
      id,
      name,
      description,
      keyTypes: keyTypes.filter((k) => keys.some(({ keyType }) => keyType === k)),
      subscriptions: _count.subscriptions,
    }),
  );
  return { total, applications };
}

/** One application with its keys and subscriptions; null when there is none of that id. */
export async function getApplication(id: string): Promise<ApplicationDetail | null> {
  const row = await database().application.findUnique({
    where: { id },
    include: {
      keys: true,
      subscriptions: {
        include: { api: { select: { id: true, name: true, version: true, basePath: true } } },
      },
    },
  });
  if (!row) return null;
  const subscriptions = row.subscriptions
    .flatMap((one) => ifStill(one.api) ?? [])
    .map(({ id: apiId, ...api }) => ({ apiId, ...api }))
    .sort((a, b) => a.name.localeCompare(b.name) || a.version.localeCompare(b.version));
  const keys = keyTypes.flatMap((keyType) => {
    const key = row.keys.find((k) => k.keyType === keyType);
    if (!key) return [];
    const { clientId, createdAt, rotatedAt } = key;
    return [
      { keyType, clientId, createdAt: createdAt.toISOString(), rotatedAt: rotatedAt?.toISOString() ?? null },
    ];
  });
  return { id, name: row.name, description: row.description, keys, subscriptions };
}

/** The names of the applications that are subscribed to an API. */
export async function listSubscribers(apiId: string): Promise<string[]> {
  const rows = await database().application.findMany({
    where: { subscriptions: { some: { apiId } } },
    orderBy: { name: "asc" },
    select: { name: true },
  });
  return rows.map(({ name }) => name);
}

/** APIs to choose from, by name; 1000 at most. */
export function listApiNames() {
  return database().api.findMany({
    orderBy: [{ name: "asc" }, { version: "asc" }],
    select: { id: true, name: true, version: true, basePath: true },
    take: 1_000,
  });
}

/** Makes an application, or changes name and description of the one with this id. */
export async function saveApplication(
  input: unknown,
  by: Actor,
  id?: string,
): Promise<{ ok: true; id: string } | Invalid | Conflict | Missing> {
  const parsed = ApplicationInput.safeParse(input);
  if (!parsed.success) return { ok: false, kind: "invalid", problems: zodProblems(parsed.error) };
  const { data } = parsed;
  try {
    return await database().$transaction(async (tx) => {
      const row =
        id === undefined
          ? await tx.application.create({ data: { ...data, createdBy: by.username } })
          : await tx.application.update({ where: { id }, data });
      const [action, verb] =
        id === undefined
          ? (["application.create", "Created"] as const)
          : (["application.update", "Changed"] as const);
      await writeAudit(tx, by, action, row.id, `${verb} the application ${data.name}`);
      return { ok: true, id: row.id };
    });
  } catch (error) {
    if (isMissing(error)) return { ok: false, kind: "missing" };
    if (!isTaken(error)) throw error;
    const message = `There is already an application named ${data.name}. Choose another name.`;
    return { ok: false, kind: "conflict", problems: [{ path: ["name"], message }] };
  }
}

/** Deletes an application with its keys; its tokens end at once. */
export async function deleteApplication(
  id: string,
  by: Actor,
): Promise<{ ok: true; generation: number } | Missing> {
  return change(id, by, null, async (tx, { name, keys }) => {
    await endTokens(tx, keys);
    await tx.application.delete({ where: { id } });
    return { action: "application.delete", text: `Deleted the application ${name}` };
  });
}

/** Makes client id and secret for a key type that has none. */
export async function createKey(
  id: string,
  keyType: KeyType,
  by: Actor,
): Promise<({ ok: true } & NewSecret) | Missing> {
  const [clientId, secret] = [freshClientId(), freshSecret()];
  const result = await change(id, by, null, async (tx, { name, keys }) => {
    if (keys.some((key) => key.keyType === keyType)) return null;
    const secretHash = hashSecret(secret);
    await tx.applicationKey.create({ data: { applicationId: id, keyType, clientId, secretHash } });
    return { action: "application.createKey", text: `Made ${keyType} keys of the application ${name}` };
  });
  return result.ok ? { ok: true, clientId, secret } : result;
}

/** A new secret; the old one ends at once, tokens that were got with it only if `endingTokens`. */
export async function rotateKey(
  id: string,
  keyType: KeyType,
  endingTokens: boolean,
  by: Actor,
): Promise<({ ok: true } & NewSecret) | Missing> {
  const secret = freshSecret();
  let clientId = "";
  const result = await change(id, by, null, async (tx, { name, keys }) => {
    const key = keys.find((k) => k.keyType === keyType);
    if (!key) return null;
    clientId = key.clientId;
    const data = { secretHash: hashSecret(secret), rotatedAt: new Date() };
    await tx.applicationKey.update({ where: { clientId }, data });
    if (endingTokens) await endTokens(tx, [key]);
    const ending = endingTokens ? " and ended its tokens" : "";
    return {
      action: "application.rotateKey",
      text: `Rotated the ${keyType} secret of the application ${name}${ending}`,
    };
  });
  return result.ok ? { ok: true, clientId, secret } : result;
}

/** Takes client id and secret away; their tokens end at once. */
export async function deleteKey(
  id: string,
  keyType: KeyType,
  by: Actor,
): Promise<{ ok: true; generation: number } | Missing> {
  return change(id, by, null, async (tx, { name, keys }) => {
    const key = keys.find((k) => k.keyType === keyType);
    if (!key) return null;
    await endTokens(tx, [key]);
    await tx.applicationKey.delete({ where: { clientId: key.clientId } });
    return {
      action: "application.deleteKey",
      text: `Revoked the ${keyType} keys of the application ${name}`,
    };
  });
}

/** Lets an application call an API: its tokens from now on name it. */
export async function subscribe(
  id: string,
  apiId: string,
  by: Actor,
): Promise<{ ok: true; generation: number } | Missing | Invalid> {
  const full = "There is no more room in this application's tokens. Make another application for this API.";
  try {
    return await change(id, by, apiId, async (tx, { name }) => {
      const api = await tx.api.findUnique({ where: { id: apiId }, select: { name: true, version: true } });
      if (!api) return null;
      const where = { applicationId_apiId: { applicationId: id, apiId } };
      await tx.subscription.upsert({ where, update: {}, create: { applicationId: id, apiId } });
      const { apis } = await subscribedApis(tx, id);
      if (Buffer.byteLength(JSON.stringify(apis)) > MAX_SUBSCRIBED_BYTES) throw new TokenFull();
      const text = `Subscribed the application ${name} to ${api.name} ${api.version}`;
      return { action: "application.subscribe", text };
    });
  } catch (error) {
    if (!(error instanceof TokenFull)) throw error;
    return { ok: false, kind: "invalid", problems: [{ path: ["apiId"], message: full }] };
  }
}

/**
 * Ends a subscription. Tokens name the APIs they are for, so those from before end too, for the application's
 * other APIs as well: it has to get new ones.
 */
export async function unsubscribe(
  id: string,
  apiId: string,
  by: Actor,
): Promise<{ ok: true; generation: number } | Missing> {
  return change(id, by, apiId, async (tx, { name, keys }) => {
    const api = await tx.api.findUnique({ where: { id: apiId }, select: { name: true, version: true } });
    const { count } = await tx.subscription.deleteMany({ where: { applicationId: id, apiId } });
    if (!api || count === 0) return null;
    await endTokens(tx, keys);
    const text = `Unsubscribed the application ${name} from ${api.name} ${api.version}`;
    return { action: "application.unsubscribe", text };
  });
}

class TokenFull extends Error {}

interface Found {
  name: string;
  keys: { keyType: string; clientId: string }[];
}

/**
 * One change of an application with its audit entry and Change row. `run` answers null for what is not there.
 * @param apiId the API that it is about, too
 */
async function change(
  id: string,
  by: Actor,
  apiId: string | null,
  run: (tx: Tx, application: Found) => Promise<{ action: string; text: string } | null>,
): Promise<{ ok: true; generation: number } | Missing> {
  return database().$transaction(async (tx) => {
    if (apiId !== null) await lock(tx, `api:${apiId}`);
    await lock(tx, `application:${id}`);
    const found = await tx.application.findUnique({
      where: { id },
      select: {
        name: true,
        keys: { select: { keyType: true, clientId: true } },
      },
    });
    const done = found && (await run(tx, found));
    if (!done) return { ok: false, kind: "missing" } as const;
    await writeAudit(tx, by, done.action, id, done.text);
    return { ok: true, generation: await raiseGeneration(tx, done.action) } as const;
  });
}

/** Ends what was issued up to now. Called with the write lock held, see `issueForClient`. */
async function endTokens(tx: Tx, keys: Found["keys"]): Promise<void> {
  await endClientTokens(
    tx,
    keys.map(({ clientId }) => clientId),
  );
}
