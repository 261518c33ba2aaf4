import type { KeyType } from "#lib/edit/endpoints";
import { type FleetMember, isAnswering, servedBy } from "#lib/gateways";
import { mergedHistory, mergedStatus } from "#lib/mergedStatus";
import { usesPostgres } from "#lib/node/env";
import {
  ApiHistory,
  Checked,
  type CheckRequest,
  GatewayStatus,
  type TryRequest,
  TryResult,
} from "#lib/status";
import { Trace } from "#lib/traffic/trace";
import { type AdminPlace, askGateway, type Question } from "./askGateway";
import { askOne, FLEET_MS, fleet, type Told } from "./fleet";
import { environment } from "./publisherEnv";

/**
 * What gateways tell, and what they are asked to do. On PostgreSQL those that have a row, as one; on SQLite the one at
 * `GATEWAY_ADMIN_URL`.
 */

/** What is known of the gateways now. */
export interface GatewaysNow {
  /** Of all that told, or of the chosen one; null where nobody did. */
  status: GatewayStatus | null;
  /** Those that there are; null on SQLite, where there is one. */
  members: FleetMember[] | null;
}

/** Their state, of these APIs only. @param chosen the id of the only one to tell of */
export async function readGateways(apiIds: readonly string[], chosen?: string): Promise<GatewaysNow> {
  if (!usesPostgres()) return { status: await readTheOne(apiIds), members: null };
  // The rows anew: what a gateway serves is in them sooner than it may be asked.
  const [told, { gateways }] = await Promise.all([fleet().statuses(apiIds), fleet().known()]);
  const members = gateways.map(({ id, generation, silentMs }) => {
    const reply = told.find(({ gateway }) => gateway.id === id)?.reply;
    const why = reply ? (reply.ok ? null : reply.why) : "has not been asked yet";
    return { id, generation, silentMs, uncounted: why && `${id} ${why}` };
  });
  return { status: mergedStatus(valuesOf(told, chosen)), members };
}

/** For the list of APIs. */
export function statesOf({ status, members }: GatewaysNow) {
  return status && { apis: status.apis, uncounted: (members ?? []).flatMap((one) => one.uncounted ?? []) };
}

/** Their state as one, of these APIs only; null when nobody answers. */
export async function readGatewayStatus(apiIds: readonly string[]): Promise<GatewayStatus | null> {
  return (await readGateways(apiIds)).status;
}

function readTheOne(apiIds: readonly string[]): Promise<GatewayStatus | null> {
  const wanted = apiIds.length > 0 ? apiIds : [""];
  const query = new URLSearchParams(wanted.map((id) => ["api", id]));
  return askTheOne({ path: `/status?${query}`, schema: GatewayStatus, timeoutMs: 1_000 });
}

/** What they counted in the last hour; null when nobody answers or the API is not live there. */
export async function readHistory(
  apiId: string,
  keyType: KeyType | null,
  chosen?: string,
): Promise<ApiHistory | null> {
  const path = `/history?${new URLSearchParams({ api: apiId, ...(keyType && { keyType }) })}`;
  if (!usesPostgres()) return askTheOne({ path, schema: ApiHistory, timeoutMs: 2_000 });
  const told = await fleet().shared({ path, schema: ApiHistory, timeoutMs: FLEET_MS });
  return mergedHistory(valuesOf(told, chosen).map(({ value }) => value));
}

/** What a request of ours met, and at which gateway ("" where there is one); null when none tells. */
export async function readTrace(id: string): Promise<{ trace: Trace; gateway: string } | null> {
  const question = { path: `/trace?${new URLSearchParams({ id })}`, schema: Trace, timeoutMs: 2_000 };
  if (usesPostgres()) {
    const [found] = valuesOf(await fleet().ask(question));
    return found ? { trace: found.value, gateway: found.id } : null;
  }
  const trace = await askTheOne(question);
  return trace && { trace, gateway: "" };
}

/** Told where nobody runs a check. */
export const NO_GATEWAY = "Not checked: the gateway, which runs the checks, does not answer.";

/** A check runs 3 s at most in the gateway; what comes later than that means there is no gateway. */
export async function checkEndpoint(request: CheckRequest): Promise<Checked | null> {
  const question = { path: "/check", schema: Checked, timeoutMs: 8_000, body: request };
  if (!usesPostgres()) return askTheOne(question);
  // One is enough, of those that answered the last time; the next one where that does not tell.
  for (const { gateway, reply } of await fleet().statuses([])) {
    const checked = reply.ok ? await askOne(gateway, question) : reply;
    if (checked.ok) return checked.value as Checked;
  }
  return null;
}

/** What a check of an endpoint that serves met, which takes it back if it is well; null when nobody tells. */
export async function tryEndpoint(request: TryRequest): Promise<TryResult | null> {
  const question = { path: "/try", schema: TryResult, timeoutMs: 8_000, body: request };
  if (!usesPostgres()) return askTheOne(question);
  // Each has its own suspension to end.
  const told = valuesOf(await fleet().ask(question));
  const { id, value } = told.find((one) => !one.value.open) ?? told[0] ?? {};
  return value
    ? { ...value, message: told.length > 1 && !value.open ? `${id}: ${value.message}` : value.message }
    : null;
}

function valuesOf<T>(told: readonly Told<T>[], chosen?: string): { id: string; value: T }[] {
  return told.flatMap(({ gateway: { id }, reply }) =>
    reply.ok && (chosen === undefined || chosen === id) ? [{ id, value: reply.value }] : [],
  );
}

async function askTheOne<T>(question: Question<T>): Promise<T | null> {
  const reply = await askGateway(theOne(), question);
  return reply.ok ? reply.value : null;
}

function theOne(): AdminPlace {
  const { GATEWAY_ADMIN_SECRET: secret } = environment();
  return { url: adminUrl(), authorization: () => (secret ? `Bearer ${secret}` : undefined) };
}

/** Where the one is asked that there is on SQLite. */
export function adminUrl(): string {
  const { GATEWAY_ADMIN_URL, GATEWAY_ADMIN_PORT } = environment();
  return (GATEWAY_ADMIN_URL ?? `http://127.0.0.1:${GATEWAY_ADMIN_PORT}`).replace(/\/+$/, "");
}

/** How long a request waits until one answers, ms. */
const ANSWER_MS = 2_000;
/** How long it waits for those that answer, ms: half of what apictl waits for the whole of it. */
const CONFIRM_MS = 5_000;
/** Between two looks, ms. */
const LOOK_MS = 50;

/** Whether the gateways that answer all serve this generation; waits for them up to 5 s, and 2 s where none does. */
export async function confirmed(generation: number): Promise<boolean> {
  return (await whoServes(generation)).live;
}

/**
 * The same, and of several gateways which serve it, as in "on 2 of 3 gateways: gw-b has not answered for 40 s"; null where
 * there is one. Never rejects: what was written stands, whoever serves it.
 */
export async function whoServes(generation: number): Promise<Served> {
  let now: ServedNow = { live: false, gateways: null, isAwaited: false };
  const [silence, late] = [deadline(ANSWER_MS), deadline(CONFIRM_MS)];
  let end = silence;
  while (!now.live && !end.isPast) {
    // Where the database or a gateway hangs, too.
    now = (await Promise.race([servedNow(generation).catch(() => {}), end.comes])) ?? now;
    end = now.isAwaited ? late : silence;
    if (!now.live) await Promise.race([pause(LOOK_MS), end.comes]);
  }
  return { live: now.live, gateways: now.gateways };
}

interface Served {
  live: boolean;
  gateways: string | null;
}

interface ServedNow extends Served {
  /** A gateway answers that can take it up. */
  isAwaited: boolean;
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function deadline(ms: number) {
  const end = { isPast: false, comes: pause(ms) };
  end.comes = end.comes.then(() => {
    end.isPast = true;
  });
  return end;
}

async function servedNow(generation: number): Promise<ServedNow> {
  if (!usesPostgres()) {
    const status = await readTheOne([]);
    const live = status !== null && status.generation >= generation;
    return { live, gateways: null, isAwaited: status !== null && status.databaseError === null };
  }
  const { gateways } = await fleet().known();
  const members = gateways.map((row) => ({ ...row, uncounted: null }));
  const { served, total, isLive, missing } = servedBy(members, generation);
  const where = `on ${served} of ${total} gateways${missing && `: ${missing}`}`;
  const isAwaited = members.some(isAnswering);
  return { live: isLive, gateways: total === 1 && served === 1 ? null : where, isAwaited };
}
