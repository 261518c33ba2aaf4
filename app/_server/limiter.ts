import { type Attempts, MemoryAttempts } from "#lib/node/attempts";
import { usesPostgres } from "#lib/node/env";
import { SharedAttempts } from "#prisma/sharedAttempts";

// Next holds several copies of this module, one per kind of route. What is kept in memory a restart forgets, which nobody
// else can cause.
const holder = globalThis as { sluiceAttempts?: Attempts };

/** What is counted of everybody, by all publishers of a PostgreSQL database together: failed sign-ins, and what each may do only so often. */
export function attempts(): Attempts {
  holder.sluiceAttempts ??= usesPostgres() ? new SharedAttempts() : new MemoryAttempts();
  return holder.sluiceAttempts;
}
