import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isTicket } from "#lib/node/adminTicket";
import { isLoopback, isLoopbackName } from "#lib/node/listen";

/** Shortest secret for an admin interface that others can reach, characters. */
const MIN_SECRET = 16;
/** Tell nothing but whether the gateway runs, and are asked by what keeps no secrets. */
const OPEN_PATHS = ["/healthz", "/readyz"];

export interface Refusal {
  status: number;
  message: string;
}

export type AdminAccess = (req: IncomingMessage, path: string) => Refusal | null;

/**
 * Who may use the admin interface; a sentence when it would be open to everybody.
 *
 * @param self this gateway and the secret of its installation, whose publishers show tickets
 */
export function adminAccess(
  host: string,
  secret: string,
  self: { id: string; secret: Buffer },
): AdminAccess | string {
  const loopback = isLoopback(host);
  if (!loopback && secret.length < MIN_SECRET) {
    return `GATEWAY_ADMIN_HOST=${host} opens the admin interface to others: set GATEWAY_ADMIN_SECRET, here and for the publisher, to at least ${MIN_SECRET} characters.`;
  }
  return (req, path) => {
    // Against DNS rebinding: a web page whose name resolves to this machine still sends that name.
    if (loopback && !isLoopbackName(req.headers.host ?? "")) {
      return { status: 421, message: "The admin interface answers for localhost only." };
    }
    if (secret === "" || OPEN_PATHS.includes(path)) return null;
    const { authorization = "" } = req.headers;
    if (isEqual(authorization, `Bearer ${secret}`)) return null;
    const asked = { gateway: self.id, method: req.method ?? "", path: req.url ?? "" };
    if (isTicket(self.secret, asked, authorization, Date.now())) return null;
    return { status: 401, message: "Send GATEWAY_ADMIN_SECRET as Authorization: Bearer." };
  };
}

/** Hashed first, so that neither the time nor the length tells anything about the secret. */
function isEqual(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
