import { mayTry } from "#lib/access/trying";
import type { KeyType } from "#lib/edit/endpoints";
import { keyFor, unseal } from "#lib/node/secret";
import { type Outcome, outcomeWords } from "#lib/traffic/outcome";
import { TRACE_PURPOSE, type Trace, TraceTicket } from "#lib/traffic/trace";
import type { RuntimeEndpoint } from "../routes/group";

/** Most traces that are kept: they are fetched right after the request. */
const MAX_TRACES = 200;

/** A request of the publisher's. */
export interface Traced {
  trace: Trace;
  /** Whether whoever sent it may try this out. */
  allows(apiId: string, keyType: KeyType, method: string): boolean;
}

/** What the publisher's own requests met, until it asks. Requests without its header cost nothing here. */
export class Traces {
  private readonly key: Buffer;
  private readonly kept = new Map<string, Trace>();

  constructor(secret: Buffer) {
    this.key = keyFor(secret, TRACE_PURPOSE);
  }

  /** A trace to be filled; undefined when the header is not the publisher's, is too old or was used before. */
  begin(header: string): Traced | undefined {
    const text = unseal(this.key, header);
    const ticket = text === null ? null : TraceTicket.safeParse(JSON.parse(text));
    if (!ticket?.success || ticket.data.expiresAt < Date.now() || this.kept.has(ticket.data.id))
      return undefined;
    const trace: Trace = { attempts: [] };
    this.kept.set(ticket.data.id, trace);
    for (const id of this.kept.keys()) {
      if (this.kept.size <= MAX_TRACES) break;
      this.kept.delete(id);
    }
    const { apiId, production } = ticket.data;
    const allows: Traced["allows"] = (to, keyType, method) =>
      mayTry(production, keyType, method) && (production === "all" || to === apiId);
    return { trace, allows };
  }

  get(id: string): Trace | undefined {
    return this.kept.get(id);
  }
}

/** An attempt as it is told, after `ms`. */
export function attemptOf(
  { id, config }: RuntimeEndpoint,
  outcome: Outcome,
  ms: number,
): Trace["attempts"][number] {
  const answered = outcome.kind === "response" || (outcome.kind === "failure" && outcome.answered);
  const words = outcomeWords(outcome);
  return { endpointId: id, url: config.url, ms: Math.round(ms * 10) / 10, words, answered };
}
