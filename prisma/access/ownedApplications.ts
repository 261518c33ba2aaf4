import { database } from "../db";
import type { Prisma } from "../generated/client";

/** What WSO2's clients read of applications, with who made them. */

const include = {
  keys: { select: { keyType: true, clientId: true } },
  subscriptions: { select: { apiId: true } },
} satisfies Prisma.ApplicationInclude;

export type OwnedApplication = Prisma.ApplicationGetPayload<{ include: typeof include }>;

/** All applications by name. */
export function listOwned(): Promise<OwnedApplication[]> {
  return database().application.findMany({ orderBy: { name: "asc" }, include });
}

export function findOwned(id: string): Promise<OwnedApplication | null> {
  return database().application.findUnique({ where: { id }, include });
}
