import { createHmac } from "node:crypto";

/**
 * CDN-Loop (RFC 8586): who forwards a request adds its name, and whoever finds its own name there stops. Ours is
 * of this installation *and* of the API, the same on all its gateways: one API in front of another one on the same
 * installation is in order, an API that comes back to itself never ends.
 */

/** The name of an API, a pseudonym that tells nobody its id. */
export function loopId(secret: Buffer, apiId: string): string {
  return `sluice-${createHmac("sha256", secret).update(`cdn-loop ${apiId}`).digest("hex").slice(0, 16)}`;
}

/** Whether the field, of any number of entries with or without parameters, names this API. */
export function cameThrough(cdnLoop: string, id: string): boolean {
  if (!cdnLoop.includes(id)) return false;
  return cdnLoop.split(",").some((entry) => entry.split(";", 1)[0]!.trim() === id);
}
