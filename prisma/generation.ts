import type { PrismaClient } from "./generated/client";
import { waitShortly } from "./lock";

/** The generation: what tells gateways that there is something newer (docs/decisions/005-database-is-polled.md). */

/** Its only row. */
const ID = 1;

type Raising = Pick<PrismaClient, "change" | "generation" | "$executeRaw">;

/**
 * Raises the generation, as the last act of a transaction that gateways must see: whoever reads this one sees all of it,
 * and all of those with a lower one. `kind` says what changed. Returns what a gateway reports once it has seen it.
 */
export async function raiseGeneration(tx: Raising, kind: string): Promise<number> {
  await waitShortly(tx);
  // By the highest id of these a gateway of version 0.1.0 goes.
  await tx.change.create({ data: { kind } });
  const data = { value: { increment: 1 } };
  return (await tx.generation.update({ where: { id: ID }, data })).value;
}

/** The generation now; 0 before anything was changed. */
export async function readGeneration(db: Pick<PrismaClient, "generation">): Promise<number> {
  return (await db.generation.findUnique({ where: { id: ID } }))?.value ?? 0;
}
