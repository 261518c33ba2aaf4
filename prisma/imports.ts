import type { ApiDefinition } from "#lib/edit/api";
import { httpsOrigins, originOf } from "#lib/traffic/trustedCertificates";
import { wso2ExtrasOf } from "#lib/wso2/apiLabels";
import { BLOCKED, RETIRED } from "#lib/wso2/lifeCycle";
import type { ProjectCertificate } from "#lib/wso2/projectCertificates";
import { asConflict, createApiIn } from "./apis";
import type { Actor } from "./audit";
import { KIND as CERTIFICATE, trustIn } from "./certificates";
import { deployIn, type WentLive } from "./deployments";
import type { Stale } from "./documents";
import { saveDraftIn } from "./drafts";
import type { Prisma } from "./generated/client";
import { raiseGeneration } from "./generation";
import { stateIn, writeState } from "./lifeCycleLog";
import { deploying } from "./livePaths";
import { lock } from "./lock";
import type { Conflict, Invalid, Missing } from "./refusals";

/** What an import writes: all of it in one transaction, so that it is there whole or not at all. */
export interface ImportPlan {
  definition: ApiDefinition;
  /** The API whose draft is replaced, as it was read; null makes a new one. */
  over: { id: string; draftVersion: number } | null;
  /** To be trusted from then on. */
  certificates: readonly ProjectCertificate[];
  /** Null leaves it a draft; else the deployment's note. */
  deployment: { note: string } | null;
  /** The state of the life cycle stays what it is, whatever the definition says. */
  keepsState?: boolean;
}

export type Stored =
  | {
      ok: true;
      id: string;
      /** The draft was so already. */
      unchanged: boolean;
      deployed: ({ revision: number } & WentLive) | null;
    }
  | Invalid
  | Conflict
  | Stale
  | Missing;

/** Where a problem is that a certificate has: its path begins so. */
export const CERTIFICATES = "Endpoint-certificates";

/** What ends the transaction with nothing written. */
class NotStored extends Error {
  constructor(readonly result: Stored) {
    super("Nothing is stored.");
  }
}

/**
 * Writes what was imported, and tells why it was not where it was not. A `trial` takes back what it wrote, so that it
 * tells the same and nothing has changed.
 */
export async function storeImport(
  plan: ImportPlan,
  by: Actor,
  { trial = false }: { trial?: boolean } = {},
): Promise<Stored> {
  const { definition, over } = plan;
  try {
    return await deploying(async (tx) => {
      const stored = await storeIn(tx, plan, by);
      if (trial) throw new NotStored(stored);
      return stored;
    });
  } catch (error) {
    if (error instanceof NotStored) return error.result;
    return await asConflict(error, definition, over?.id);
  }
}

async function storeIn(tx: Prisma.TransactionClient, plan: ImportPlan, by: Actor): Promise<Stored> {
  const { definition, over, certificates, deployment, keepsState = false } = plan;
  if (over) await lock(tx, `api:${over.id}`);
  const before = over && (await stateIn(tx, over.id));
  const trusts = await trustAll(tx, certificates, definition, by);
  const draft = over
    ? written(await saveDraftIn(tx, over.id, definition, over.draftVersion, by)).draft
    : { id: await createApiIn(tx, definition, by), draftVersion: 1 };
  const { id, draftVersion } = draft;
  if (!keepsState) await takeState(tx, id, definition);
  const after = await stateIn(tx, id);
  if (before && after && before !== after)
    await writeState(tx, { event: "Import", api: { ...definition, id }, from: before, to: after }, by);
  const unchanged = draftVersion === over?.draftVersion;
  if (!deployment) {
    if (trusts) await raiseGeneration(tx, CERTIFICATE);
    return { ok: true, id, unchanged, deployed: null };
  }
  const { ok: _, ...deployed } = written(await deployIn(tx, id, { by, draftVersion, ...deployment }));
  return { ok: true, id, unchanged, deployed };
}

/** The state that a project came with counts from now on, but for what somebody blocked or retired here. */
async function takeState(tx: Prisma.TransactionClient, id: string, definition: ApiDefinition): Promise<void> {
  if (wso2ExtrasOf(definition).data?.lifeCycleStatus === undefined) return;
  const where = { id, lifeCycle: { notIn: [BLOCKED, RETIRED] } };
  await tx.api.updateMany({ where, data: { lifeCycle: null } });
}

/** Certificates count for their own origin, or for all of the API's where they name none. Returns whether one is new. */
async function trustAll(
  tx: Prisma.TransactionClient,
  certificates: readonly ProjectCertificate[],
  definition: ApiDefinition,
  by: Actor,
): Promise<boolean> {
  let isNew = false;
  for (const { alias, endpoint, pem } of certificates) {
    const own = originOf(endpoint);
    for (const origin of own ? [own] : httpsOrigins(definition)) {
      const trusted = await trustIn(tx, { alias, origin, certificate: pem }, by);
      if (typeof trusted === "string") {
        const path = [CERTIFICATES, alias];
        throw new NotStored({ ok: false, kind: "invalid", problems: [{ path, message: trusted }] });
      }
      isNew ||= trusted.isNew;
    }
  }
  return isNew;
}

function written<R extends { ok: boolean }>(result: R): Extract<R, { ok: true }> {
  if (!result.ok) throw new NotStored(result as never);
  return result as Extract<R, { ok: true }>;
}
