/**
 * Whether an error says that a unique text is taken already. By its code, not its class: each engine's client comes with
 * classes of its own.
 */
export const isTaken = (error: unknown) => codeOf(error) === "P2002";

/** Whether an error says that the row which was to be changed is not there. */
export const isMissing = (error: unknown) => codeOf(error) === "P2025";

/**
 * A row that another one names. Prisma reads it by a statement of its own, and on PostgreSQL both may be deleted between
 * the two, whatever its types say.
 */
export const ifStill = <T>(named: T): T | null => named ?? null;

const codeOf = (error: unknown) => (error instanceof Error ? (error as { code?: unknown }).code : undefined);
