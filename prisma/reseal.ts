import { keyFor, seal, unseal } from "#lib/node/secret";
import { sealingKey } from "./access/signedTokens";
import { writeAudit } from "./audit";
import type { Prisma, PrismaClient } from "./generated/client";
import { raiseGeneration } from "./generation";
import { CREDENTIALS } from "./sealedSecrets";
import { isProbeOf, PROBE, probeOf } from "./secretProbe";

/** Another secret for a database: all that is sealed in it is opened with the one before and sealed with the new one. */

export interface Secrets {
  /** Undefined where it is lost. */
  previous: Buffer | undefined;
  secret: Buffer;
}

/** Numbers of rows; `credentials` counts passwords and keys of endpoints by API. */
export interface Sealed {
  credentials: { api: string; count: number }[];
  signingKeys: number;
}

/** `lost` was opened by neither; its rows are gone. `message`: one sentence or more, nothing was changed. */
export type ResealResult = { ok: true; anew: Sealed; lost: Sealed } | { ok: false; message: string };

/** How long thousands of rows may take, ms. */
const TIMEOUT_MS = 600_000;
const BY = { userId: null, username: "npx sluice reseal" };

/**
 * Changes the secret of a database that nobody else writes, in one transaction. Refused where nothing needs it, and
 * where something cannot be opened, unless that may be forgotten. Rejects with trouble of the database.
 */
export function reseal(db: PrismaClient, secrets: Secrets, forget: boolean): Promise<ResealResult> {
  const { previous, secret } = secrets;
  if (previous?.equals(secret)) {
    return Promise.resolve(
      refusal("SLUICE_SECRET_PREVIOUS and the secret are the same. Give the one before and the new one."),
    );
  }
  return db.$transaction(
    async (tx) => {
      const found = await look(tx, secrets);
      const { credentials, keys, probe } = found;
      const [anew, lost] = [changed(found), unreadable(found)];
      if (["own", "none"].includes(probe) && isNone(anew) && isNone(lost)) {
        return refusal("All that is sealed was sealed with this secret: there is nothing to change.");
      }
      if ((probe === "lost" || !isNone(lost)) && !forget)
        return refusal(lossWords(lost, previous !== undefined));
      for (const { id, before, after } of credentials) {
        if (after === null) await tx.secret.delete({ where: { id } });
        else if (after !== before) await tx.secret.update({ where: { id }, data: { sealed: after } });
      }
      for (const { id, before, after } of keys) {
        if (after === null) await tx.signingKey.delete({ where: { id } });
        else if (after !== before) await tx.signingKey.update({ where: { id }, data: { privateJwk: after } });
      }
      const value = probeOf(secret);
      await tx.setting.upsert({
        where: { name: PROBE },
        create: { name: PROBE, value },
        update: { value },
      });
      const text = `Changed the secret${isNone(lost) ? "" : ` and dropped ${sealedWords(lost)}`}`;
      await writeAudit(tx, BY, "secret.change", "", text);
      await raiseGeneration(tx, "secret");
      return { ok: true, anew, lost };
    },
    { timeout: TIMEOUT_MS },
  );
}

/** `after` is what is to be in the row: the same where it needs nothing, null where neither secret opens it. */
interface Row {
  id: string;
  before: string;
  after: string | null;
}

interface Found {
  credentials: (Row & { api: string })[];
  keys: Row[];
  /** Of which secret it is; "lost": of neither. */
  probe: "own" | "none" | "previous" | "lost";
}

async function look(tx: Prisma.TransactionClient, secrets: Secrets): Promise<Found> {
  const credential = turn(secrets, (secret) => keyFor(secret, CREDENTIALS));
  const key = turn(secrets, sealingKey);
  const rows = await tx.secret.findMany({
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    select: { id: true, sealed: true, api: { select: { name: true, version: true } } },
  });
  const keys = await tx.signingKey.findMany({ select: { id: true, privateJwk: true } });
  const probe = await tx.setting.findUnique({ where: { name: PROBE } });
  return {
    credentials: rows.map(({ id, sealed, api }) => ({
      ...{ id, before: sealed, after: credential(sealed) },
      api: `${api.name} ${api.version}`,
    })),
    keys: keys.map(({ id, privateJwk }) => ({ id, before: privateJwk, after: key(privateJwk) })),
    probe: probe ? probeIn(probe.value, secrets) : "none",
  };
}

function probeIn(value: string, { previous, secret }: Secrets): Found["probe"] {
  if (isProbeOf(secret, value)) return "own";
  return previous && isProbeOf(previous, value) ? "previous" : "lost";
}

function turn(
  { previous, secret }: Secrets,
  keyOf: (secret: Buffer) => Buffer,
): (sealed: string) => string | null {
  const [from, to] = [previous && keyOf(previous), keyOf(secret)];
  return (sealed) => {
    if (unseal(to, sealed) !== null) return sealed;
    const text = from ? unseal(from, sealed) : null;
    return text === null ? null : seal(to, text);
  };
}

const changed = (found: Found) => counted(found, ({ before, after }) => after !== null && after !== before);
const unreadable = (found: Found) => counted(found, ({ after }) => after === null);

function counted({ credentials, keys }: Found, counts: (row: Row) => boolean): Sealed {
  const byApi = new Map<string, number>();
  for (const row of credentials.filter(counts)) byApi.set(row.api, (byApi.get(row.api) ?? 0) + 1);
  return {
    credentials: [...byApi].map(([api, count]) => ({ api, count })),
    signingKeys: keys.filter(counts).length,
  };
}

export const isNone = ({ credentials, signingKeys }: Sealed) => credentials.length + signingKeys === 0;

/** "2 passwords or keys of endpoints of Orders 1.0.0 and 1 signing key". */
export function sealedWords({ credentials, signingKeys }: Sealed): string {
  const words = credentials.map(
    ({ api, count }) =>
      `${count} ${count === 1 ? "password or key" : "passwords or keys"} of endpoints of ${api}`,
  );
  if (signingKeys > 0) words.push(`${signingKeys} signing ${signingKeys === 1 ? "key" : "keys"}`);
  return words.join(", ").replace(/, ([^,]*)$/, " and $1");
}

function lossWords(lost: Sealed, hasPrevious: boolean): string {
  const what = isNone(lost) ? "the mark of the secret before" : sealedWords(lost);
  return hasPrevious
    ? `Neither the secret nor SLUICE_SECRET_PREVIOUS opens ${what}. Give the right ones, or drop what cannot be opened: npx sluice reseal --forget. Nothing was changed.`
    : `The secret does not open ${what}. Give the one from before in SLUICE_SECRET_PREVIOUS, or, if it is lost, drop what cannot be opened: npx sluice reseal --forget. Nothing was changed.`;
}

const refusal = (message: string) => ({ ok: false, message }) as const;
