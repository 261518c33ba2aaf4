import type { BlockList, Socket } from "node:net";
import { callerBehind, isTrusted, peerAddress } from "#lib/node/proxies";
import { joined, type RequestHeaders } from "../http/headers";

/** Who is at the other end of a connection, what it may say of others, and what a backend learns of both. */

/** The other end of a caller's connection. Computed once a connection. */
export interface Peer {
  /** In IPv4 form where it is one. */
  address: string;
  /** As `Forwarded` writes it. */
  node: string;
  /** Where it reached us. */
  port: string;
  /** A configured proxy, whose forwarding headers are believed. */
  trusted: boolean;
  /** The last entry of `Forwarded` made for it, and what it was made of. */
  entry: string;
  entryHost: string;
  entryProto: string;
}

const peerOf = Symbol("peer");

/** Who is at the other end. `trusted` names the proxies in front of this gateway. */
export function peer(socket: Socket & { [peerOf]?: Peer }, trusted: BlockList | null): Peer {
  let found = socket[peerOf];
  if (!found) {
    const address = peerAddress(socket.remoteAddress ?? "unknown");
    found = {
      address,
      node: address.includes(":") ? `"[${address}]"` : address,
      port: String(socket.localPort ?? ""),
      trusted: trusted !== null && isTrusted(address, trusted),
      entry: "",
      entryHost: "",
      entryProto: "",
    };
    socket[peerOf] = found;
  }
  return found;
}

/** The caller's own address: the peer's, or what the chain of trusted proxies says of the one before them. */
export function clientAddress(from: Peer, headers: RequestHeaders, trusted: BlockList | null): string {
  if (!from.trusted || !trusted || headers.forwardedFor === "") return from.address;
  return callerBehind(from.address, headers.forwardedFor, trusted);
}

/** The entry of `Forwarded` for this gateway. Written out anew only when a connection's requests differ in it. */
function forwardedEntry(from: Peer, host: string, proto: string): string {
  if (from.entryHost !== host || from.entryProto !== proto) {
    const quotedHost = /^[A-Za-z0-9.-]+$/.test(host) ? host : `"${host.replace(/["\\]/g, "")}"`;
    from.entry = `for=${from.node};${host === "" ? "" : `host=${quotedHost};`}proto=${proto}`;
    from.entryHost = host;
    from.entryProto = proto;
  }
  return from.entry;
}

/** What a backend learns of how a request came. */
export interface Arrived {
  readonly from: Peer;
  readonly headers: RequestHeaders;
  readonly secure: boolean;
  /** What was cut from the front of the path. */
  readonly prefix: string;
  /** Who we are to those who look for loops; see `loop.ts`. */
  readonly loopId: string;
}

/** Appends what the backend learns of the caller. The last entry of X-Forwarded-For is always the peer. */
export function pushForwarded(out: string[], arrived: Arrived, trusted: BlockList | null): void {
  const { from, headers: said, secure, prefix, loopId } = arrived;
  const believed = from.trusted;
  const proto = (believed && said.forwardedProto) || (secure ? "https" : "http");
  const host = (believed && said.forwardedHost) || said.host;
  const ours = forwardedEntry(from, host, proto);
  out.push(
    "X-Forwarded-For",
    believed ? joined(said.forwardedFor, from.address) : from.address,
    "X-Forwarded-Proto",
    proto,
    "X-Forwarded-Port",
    (believed && said.forwardedPort) || from.port,
    "X-Forwarded-Prefix",
    believed ? said.forwardedPrefix.replace(/\/$/, "") + prefix : prefix,
    "X-Real-IP",
    clientAddress(from, said, trusted),
    "Forwarded",
    believed ? joined(said.forwarded, ours) : ours,
    "CDN-Loop",
    said.cdnLoop === "" ? loopId : `${said.cdnLoop}, ${loopId}`,
  );
  if (host !== "") out.push("X-Forwarded-Host", host);
}

/**
 * Lets what only a proxy may say pass where it comes from one that is trusted. To be asked once, before anybody
 * looks for a field; from everybody else such fields are gone.
 */
export function believe(headers: RequestHeaders, from: Peer): void {
  if (from.trusted) {
    if (headers.claims) headers.forward.push(...headers.claims);
    headers.claims = undefined;
  } else headers.realIp = "";
}
