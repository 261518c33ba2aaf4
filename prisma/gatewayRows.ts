import { type GatewayRow, GONE_MS, SILENT_MS } from "#lib/gateways";
import { type Actor, writeAudit } from "./audit";
import { databaseTime } from "./clock";
import { database } from "./db";
import { isSignedBy, readProblems } from "./gatewaySignature";
import type { Gateway } from "./generated/client";
import { ownSecret } from "./ownSecret";

/** What the publisher reads of gateways' rows, and the only ones that it takes away. PostgreSQL only. */

export interface KnownGateways {
  /** By their ids. */
  gateways: GatewayRow[];
  /** Ids of rows that no gateway of this installation has written: nothing that they say counts. */
  foreign: string[];
}

/** Those that said within the hour that they are there. */
export async function listGateways(): Promise<KnownGateways> {
  const rows = await database().$queryRaw<(Gateway & { silentMs: number | null })[]>`
    SELECT *, CASE WHEN isfinite("lastSeenAt")
      THEN (EXTRACT(EPOCH FROM clock_timestamp()::timestamp - "lastSeenAt") * 1000)::float8 END AS "silentMs"
    FROM "Gateway" ORDER BY "id"`;
  const secret = ownSecret();
  const known: KnownGateways = { gateways: [], foreign: [] };
  for (const row of rows) {
    const silentMs = row.silentMs ?? 0;
    // The database's clock may have been set back.
    if (Math.abs(silentMs) >= GONE_MS) continue;
    if (!isOurs(secret, row)) known.foreign.push(row.id);
    else {
      const { instance: _instance, signature: _signature, lastSeenAt: _, startedAt, ...shown } = row;
      const problems = readProblems(row.problems);
      known.gateways.push({
        ...shown,
        problems,
        startedAt: startedAt.toISOString(),
        silentMs: Math.max(0, silentMs),
      });
    }
  }
  return known;
}

/** Times are not signed: whoever can write the row may have put in any that PostgreSQL takes. */
function isOurs(secret: Buffer, row: Gateway): boolean {
  if ([row.startedAt, row.lastSeenAt].some((at) => Number.isNaN(at.getTime()))) return false;
  return isSignedBy(secret, { ...row, problems: readProblems(row.problems) });
}

/** Takes away the row of a gateway that does not answer, or that is none of ours. False where there is none such. */
export async function forgetGateway(id: string, by: Actor): Promise<boolean> {
  return database().$transaction(async (tx) => {
    const row = await tx.gateway.findUnique({ where: { id } });
    if (!row) return false;
    const silentMs = (await databaseTime(tx)).getTime() - row.lastSeenAt.getTime();
    const ours = isOurs(ownSecret(), row);
    if (ours && silentMs < SILENT_MS) return false;
    // Unless it came back meanwhile.
    const same = ours ? { lastSeenAt: row.lastSeenAt } : { instance: row.instance };
    await tx.gateway.deleteMany({ where: { id, ...same } });
    await writeAudit(tx, by, "gateway.forget", id, `Forgot gateway ${id}, which did not answer`);
    return true;
  });
}

/** Takes away those that have not been seen for an hour. To be called now and then, by any publisher. */
export async function removeGoneGateways(): Promise<void> {
  await database().$transaction(async (tx) => {
    const now = (await databaseTime(tx)).getTime();
    const [past, future] = [new Date(now - GONE_MS), new Date(now + GONE_MS)];
    await tx.gateway.deleteMany({
      where: { OR: [{ lastSeenAt: { lt: past } }, { lastSeenAt: { gt: future } }] },
    });
  });
}
