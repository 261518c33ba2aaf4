import { usesPostgres } from "#lib/node/env";
import type { Prisma } from "./generated/client";

/**
 * The time by which tokens are dated and ended: the database's, which all publishers share, so that one whose clock is
 * behind does not undo what another revoked. Read in the transaction that writes it, after what it has to wait for.
 */
export async function databaseTime(tx: Pick<Prisma.TransactionClient, "$queryRaw">): Promise<Date> {
  if (!usesPostgres()) return new Date();
  const [row] = await tx.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`;
  return row?.now ?? new Date();
}
