import { type Attempts, MemoryAttempts } from "#lib/node/attempts";

// Next holds several copies of this module, one per kind of route. A restart forgets; nobody else can cause one.
const holder = globalThis as { sluiceAttempts?: Attempts };

/** What this publisher counts of everybody: failed sign-ins, and what each may do only so often. */
export function attempts(): Attempts {
  holder.sluiceAttempts ??= new MemoryAttempts();
  return holder.sluiceAttempts;
}
