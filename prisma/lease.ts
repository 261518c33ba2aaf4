import { databaseTime } from "./clock";
import { database } from "./db";
import { lock } from "./lock";

/**
 * Work that one publisher of several does: whoever has the lease does it, and who dies loses it by itself. By the
 * database's time, so that no machine's clock decides. PostgreSQL only: elsewhere there is one publisher.
 */

/** How long it is held without being renewed, ms. */
export const LEASE_MS = 10_000;

/** Takes the lease, or renews it; false while somebody else has it. @param holder this process, as no other is called */
export async function takeLease(name: string, holder: string): Promise<boolean> {
  return database().$transaction(async (tx) => {
    await lock(tx, `lease:${name}`);
    const now = await databaseTime(tx);
    const there = await tx.lease.findUnique({ where: { name } });
    if (there && there.holder !== holder && there.until > now) return false;
    const data = { holder, until: new Date(now.getTime() + LEASE_MS) };
    await tx.lease.upsert({ where: { name }, create: { name, ...data }, update: data });
    return true;
  });
}

/** Gives it back, so that nobody has to wait for its end. */
export async function leaveLease(name: string, holder: string): Promise<void> {
  await database().lease.deleteMany({ where: { name, holder } });
}
