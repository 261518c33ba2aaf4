import { type GatewayRow, isAnswering, silenceWords } from "#lib/gateways";
import { ticketFor } from "#lib/node/adminTicket";
import { GatewayStatus } from "#lib/status";
import { type KnownGateways, listGateways } from "#prisma/gatewayRows";
import { ownSecret } from "#prisma/ownSecret";
import { askGateway, type Question, type Reply } from "./askGateway";

/**
 * The gateways of a PostgreSQL database: who is there, from their rows, and what they tell, all asked at the same time.
 * One that does not answer is not asked. They are shown tickets, never a secret.
 */

/** What a gateway told, or why it did not, as what follows its name. */
export interface Told<T> {
  gateway: GatewayRow;
  reply: Reply<T>;
}

/** Time for an answer about what is; what has to be tried takes longer, ms. */
export const FLEET_MS = 300;
/** The rows are read no more often, ms. */
const ROWS_MS = 100;
/** Questions about the state begin once in such a time, two of them where none was before, ms. */
const ROUND_MS = 1_000;
/** What was asked for by somebody within this time is asked for again with the rest, ms. */
const WANTED_MS = 5_000;
/** Most APIs in a question: they stand in its URL. */
const MAX_APIS = 200;

interface Round {
  at: number;
  ids: ReadonlySet<string>;
  told: Promise<Told<GatewayStatus>[]>;
  /** What each of them said that it serves, once it has. */
  generations: ReadonlyMap<string, number>;
}

class Fleet {
  private rows: { at: number; read: Promise<KnownGateways> } | null = null;
  private readonly begun: [number, number] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  private readonly wanted = new Map<string, number>();
  private round: Round | null = null;
  private next: Promise<Told<GatewayStatus>[]> | null = null;
  private readonly asked = new Map<string, { at: number; told: Promise<Told<unknown>[]> }>();

  /** Who is there. */
  known(): Promise<KnownGateways> {
    const now = performance.now();
    if (!this.rows || now - this.rows.at >= ROWS_MS) {
      const rows = { at: now, read: listGateways() };
      // What failed is asked for anew.
      rows.read.catch(() => {
        if (this.rows === rows) this.rows = null;
      });
      this.rows = rows;
    }
    return this.rows.read;
  }

  /**
   * The state of all, with that of these APIs. However many pages ask, gateways are asked once a second: what all of them
   * want to know is one question.
   */
  async statuses(apiIds: readonly string[]): Promise<Told<GatewayStatus>[]> {
    const now = performance.now();
    for (const id of apiIds) {
      this.wanted.delete(id);
      this.wanted.set(id, now);
    }
    const { gateways } = await this.known();
    const { round } = this;
    // By its row one may serve something newer since.
    const isOld = gateways.some(
      ({ id, generation }) => (round?.generations.get(id) ?? generation) < generation,
    );
    const fits = round && now - round.at < ROUND_MS && apiIds.every((id) => round.ids.has(id));
    if (round && fits && !isOld) return only(apiIds, await round.told);
    this.next ??= this.begin();
    return only(apiIds, await this.next);
  }

  private async begin(): Promise<Told<GatewayStatus>[]> {
    const wait = this.begun[0] + 2 * ROUND_MS - performance.now();
    // Also where there is nothing to wait for: whoever asks in the same moment takes part.
    await new Promise((resolve) => setTimeout(resolve, wait));
    this.next = null;
    const at = performance.now();
    this.begun.shift();
    this.begun.push(at);
    for (const [id, last] of this.wanted) if (at - last > WANTED_MS) this.wanted.delete(id);
    const ids = new Set([...this.wanted.keys()].slice(-MAX_APIS));
    const query = new URLSearchParams([...(ids.size > 0 ? ids : [""])].map((id) => ["api", id]));
    const question = { path: `/status?${query}`, schema: GatewayStatus, timeoutMs: FLEET_MS };
    const told = this.ask(question).then((all) => all.map(ownStatus));
    const round: Round = { at, ids, told, generations: new Map() };
    this.round = round;
    const all = await told;
    round.generations = new Map(
      all.flatMap(({ gateway: { id }, reply }) => (reply.ok ? [[id, reply.value.generation]] : [])),
    );
    return all;
  }

  /** A question that several may have within a second is asked once. */
  shared<T>(question: Question<T>): Promise<Told<T>[]> {
    const now = performance.now();
    for (const [path, { at }] of this.asked) if (now - at >= ROUND_MS) this.asked.delete(path);
    const before = this.asked.get(question.path);
    if (before) return before.told as Promise<Told<T>[]>;
    const told = this.ask(question);
    this.asked.set(question.path, { at: now, told });
    return told;
  }

  /** Asks all at the same time. Rejects where the database cannot be read. */
  async ask<T>(question: Question<T>): Promise<Told<T>[]> {
    const { gateways } = await this.known();
    return Promise.all(
      gateways.map(async (gateway) => ({ gateway, reply: await askOne(gateway, question) })),
    );
  }
}

/** Without the APIs that others have asked for in the same question. */
function only(apiIds: readonly string[], told: readonly Told<GatewayStatus>[]): Told<GatewayStatus>[] {
  return told.map(({ gateway, reply }) => {
    if (!reply.ok) return { gateway, reply };
    const apis = reply.value.apis.filter(({ apiId }) => apiIds.includes(apiId));
    return { gateway, reply: { ...reply, value: { ...reply.value, apis } } };
  });
}

/** Asks one gateway, unless it does not answer anyway. */
export async function askOne<T>(gateway: GatewayRow, question: Question<T>): Promise<Reply<T>> {
  if (!isAnswering(gateway)) return { ok: false, why: silenceWords(gateway).slice(gateway.id.length + 1) };
  const place = {
    url: gateway.adminUrl,
    authorization: (method: string, path: string, body: string) =>
      ticketFor(ownSecret(), { gateway: gateway.id, method, path }, body, Date.now()),
  };
  return askGateway(place, question);
}

/** What another one answers at an address is not counted as this one's. */
function ownStatus({ gateway, reply }: Told<GatewayStatus>): Told<GatewayStatus> {
  if (!reply.ok || reply.value.id === gateway.id) return { gateway, reply };
  const why = `is not the one that answers at ${gateway.adminUrl}, which is ${reply.value.id}: set GATEWAY_ADMIN_URL`;
  return { gateway, reply: { ok: false, why } };
}

// Next holds several copies of this module, one per kind of route.
const holder = globalThis as { sluiceFleet?: Fleet };

export function fleet(): Fleet {
  holder.sluiceFleet ??= new Fleet();
  return holder.sluiceFleet;
}
