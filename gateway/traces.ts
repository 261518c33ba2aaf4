import { TRACE_PURPOSE, type Trace, TraceTicket } from "#lib/trace";
import { keyFor, unseal } from "#prisma/secret";

/** Most traces that are kept: they are fetched right after the request. */
const MAX_TRACES = 200;

/** What the publisher's own requests met, until it asks. Requests without its header cost nothing here. */
export class Traces {
  private readonly key: Buffer;
  private readonly kept = new Map<string, Trace>();

  constructor(secret: Buffer) {
    this.key = keyFor(secret, TRACE_PURPOSE);
  }

  /** A trace to be filled; undefined when the header is not the publisher's, is too old or was used before. */
  begin(header: string): Trace | undefined {
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
    return trace;
  }

  get(id: string): Trace | undefined {
    return this.kept.get(id);
  }
}
