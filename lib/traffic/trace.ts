import * as z from "zod";
import { reaches } from "../access/trying";

/**
 * What one request met on its way, for the person who sent it from the publisher. Only the publisher can ask for it: the
 * header holds a text that both processes seal with the installation's secret.
 */

export const TRACE_HEADER = "x-sluice-trace";
/** What the sealing key is derived for. */
export const TRACE_PURPOSE = "trace";

/** What is sealed in the header. */
export const TraceTicket = z.object({
  id: z.string().regex(/^[A-Za-z0-9-]{8,64}$/),
  /** ms since the epoch. */
  expiresAt: z.number(),
  /** The API that is tried out. */
  apiId: z.string(),
  /** What of production its sender may try: the gateway knows for certain where a request ends up. */
  production: z.enum(reaches),
});
export type TraceTicket = z.infer<typeof TraceTicket>;

/** Answer of `GET /trace?id=<id>`. */
export const Trace = z.object({
  attempts: z.array(
    z.object({
      endpointId: z.string(),
      url: z.string(),
      /** "answered 200", "connection refused" ... */
      words: z.string(),
      /** It answered, whatever the status. */
      answered: z.boolean(),
      ms: z.number(),
    }),
  ),
});
export type Trace = z.infer<typeof Trace>;
