import { allGroups } from "#lib/edit/api";
import { type Endpoint, keyTypes } from "#lib/edit/endpoints";
import { endpointLabel } from "#lib/model/url";
import { type Actor, writeAudit } from "./audit";
import { database } from "./db";
import { parseText, titleOf } from "./documents";
import { raiseGeneration } from "./generation";
import { lock } from "./lock";
import type { Missing } from "./refusals";

/** Operators' words about endpoints, which take effect at once and go before the live revision's. */

export interface EndpointSwitch {
  endpointId: string;
  state: Endpoint["state"];
  author: string;
  since: Date;
}

export async function listSwitches(apiId: string): Promise<EndpointSwitch[]> {
  const rows = await database().endpointSwitch.findMany({ where: { apiId }, orderBy: { endpointId: "asc" } });
  return rows.map(({ endpointId, state, author, createdAt }) => ({
    endpointId,
    state: state as Endpoint["state"],
    author,
    since: createdAt,
  }));
}

const words = { on: "Switched on", draining: "Draining", off: "Switched off" } as const;

/**
 * Switches an endpoint of the live revision. The state that the revision itself gives it takes the switch back.
 * "missing" when nothing is live or the endpoint is not part of it.
 */
export async function switchEndpoint(
  apiId: string,
  endpointId: string,
  state: Endpoint["state"],
  by: Actor,
): Promise<{ ok: true; generation: number } | Missing> {
  return database().$transaction(async (tx) => {
    await lock(tx, `api:${apiId}`);
    const newest = await tx.deployment.findFirst({
      where: { apiId },
      orderBy: { id: "desc" },
      include: { revision: true },
    });
    const parsed = newest?.revision && parseText(newest.revision.definition);
    if (!parsed?.ok) return { ok: false, kind: "missing" } as const;
    const endpoint = allGroups(parsed.definition)
      .flatMap(({ groups }) => keyTypes.flatMap((k) => groups[k].endpoints))
      .find((e) => e.id === endpointId);
    if (!endpoint) return { ok: false, kind: "missing" } as const;
    const where = { apiId_endpointId: { apiId, endpointId } };
    if (state === endpoint.state) await tx.endpointSwitch.deleteMany({ where: { apiId, endpointId } });
    else {
      const data = { state, author: by.username, createdAt: new Date() };
      await tx.endpointSwitch.upsert({ where, create: { apiId, endpointId, ...data }, update: data });
    }
    const text = `${words[state]}: ${endpointLabel(endpoint.url)} of ${titleOf(parsed.definition)}`;
    await writeAudit(tx, by, "endpoint.switch", apiId, text);
    return { ok: true, generation: await raiseGeneration(tx, "switch") } as const;
  });
}

/** Writes down that somebody had the gateway try an endpoint, and what came of it. */
export async function recordTry(
  apiId: string,
  { url, message, open }: { url: string; message: string; open: boolean },
  by: Actor,
): Promise<void> {
  const api = await database().api.findUnique({
    where: { id: apiId },
    select: { name: true, version: true },
  });
  // Deleted meanwhile.
  const of = api ? ` of ${titleOf(api)}` : "";
  const outcome = open ? "it takes requests" : "left as it was";
  await writeAudit(
    database(),
    by,
    "endpoint.try",
    apiId,
    `Tried: ${endpointLabel(url)}${of}, ${outcome}: ${message}`,
  );
}
