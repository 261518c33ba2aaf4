import { randomUUID } from "node:crypto";
import { usesPostgres } from "#lib/node/env";
import { removeGoneGateways } from "#prisma/gatewayRows";
import { LEASE_MS, leaveLease, takeLease } from "#prisma/lease";
import { forgetAttempts } from "#prisma/sharedAttempts";

/** What has to be done now and then in the database, by one of all publishers: the one that has the lease. */

const LEASE = "chores";
/** How often it is done, ms. */
const EVERY_MS = 60_000;
/** No limit of tries looks further back, ms. */
const ATTEMPTS_MS = 60 * 60_000;

/** Begins; what is returned ends it and lets another one have it at once. */
export function startChores(): () => Promise<void> {
  if (!usesPostgres()) return async () => {};
  const holder = randomUUID();
  let doneAt = Number.NEGATIVE_INFINITY;
  const turn = async () => {
    if (!(await takeLease(LEASE, holder)) || performance.now() - doneAt < EVERY_MS) return;
    doneAt = performance.now();
    await removeGoneGateways();
    await forgetAttempts(ATTEMPTS_MS);
  };
  // Where it cannot be done, others tell of the database.
  const attempt = () => void turn().catch(() => {});
  attempt();
  const timer = setInterval(attempt, LEASE_MS / 2);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await leaveLease(LEASE, holder).catch(() => {});
  };
}
