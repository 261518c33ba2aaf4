import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { keyFor } from "./secret";

/**
 * What a publisher shows a gateway's admin interface instead of a secret: a proof for one request at one gateway, good for
 * a minute. Who sees it can ask the same again within that minute, and nothing else.
 */

/** How far a ticket's time may be from the gateway's, ms: clocks differ, too. */
const TICKET_MS = 60_000;
const SCHEME = "Sluice-Ticket ";

/** The request that a ticket is for. */
export interface TicketRequest {
  /** Id of the gateway. */
  gateway: string;
  method: string;
  /** With its query. */
  path: string;
}

/** The value of `Authorization`. @param now ms since 1970 */
export function ticketFor(secret: Buffer, asked: TicketRequest, body: string, now: number): string {
  const hash = hashOf(body);
  return `${SCHEME}${now}.${hash}.${proof(secret, asked, String(now), hash)}`;
}

/** Whether `Authorization` is a ticket for this request; of its body `isForBody` tells. */
export function isTicket(secret: Buffer, asked: TicketRequest, given: string, now: number): boolean {
  if (!given.startsWith(SCHEME)) return false;
  const [at = "", hash = "", mac = ""] = given.slice(SCHEME.length).split(".");
  const wanted = Buffer.from(proof(secret, asked, at, hash));
  const shown = Buffer.from(mac);
  if (shown.length !== wanted.length || !timingSafeEqual(shown, wanted)) return false;
  return Math.abs(now - Number(at)) <= TICKET_MS;
}

/** Whether a body is the one of the ticket; true where `Authorization` is none. */
export function isForBody(given: string, body: Buffer): boolean {
  return !given.startsWith(SCHEME) || given.slice(SCHEME.length).split(".")[1] === hashOf(body);
}

const hashOf = (body: string | Buffer) => createHash("sha256").update(body).digest("base64url");

function proof(secret: Buffer, { gateway, method, path }: TicketRequest, at: string, hash: string): string {
  const text = JSON.stringify([gateway, method, path, at, hash]);
  return createHmac("sha256", keyFor(secret, "admin-tickets")).update(text).digest("base64url");
}
