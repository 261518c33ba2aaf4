import { peer, pushForwarded } from "../callers/forwarded";
import type { Admitted } from "./admit";
import type { Arrival } from "./arrival";

/** What an attempt sends. */
export interface Sending {
  readonly path: string;
  /** Name, value, name, value ... */
  readonly headers: string[];
  /** When everything up to the head of the answer must be over, `performance.now()`. */
  readonly deadline: number;
  /** On a new connection. */
  readonly fresh: boolean;
}

/** What an endpoint gets of a caller's fields, and ours: name, value, name, value ... */
export function upstreamHeaders(from: Arrival, to: Extract<Admitted, { ok: true }>): string[] {
  const { context, req, headers, requestId, secure } = from;
  const { prefix, api } = to;
  const out = headers.forward.slice();
  if (api.definition.preserveHost && headers.host !== "") out.push("Host", headers.host);
  if (headers.cookie !== "") out.push("Cookie", headers.cookie);
  out.push("X-Request-ID", requestId);
  const caller = peer(req.socket, context.trusted);
  pushForwarded(out, { from: caller, headers, secure, prefix, loopId: api.loopId }, context.trusted);
  return out;
}

/** The resource path as sent, below the endpoint's own path; a bare base path stays bare where it can. */
export function upstreamPath(prefix: string, pathAndQuery: string): string {
  return prefix === "" && !pathAndQuery.startsWith("/") ? `/${pathAndQuery}` : prefix + pathAndQuery;
}
