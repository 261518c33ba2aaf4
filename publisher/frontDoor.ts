/**
 * What every request to the publisher passes before Next sees it: which host it names, where a change comes from,
 * and who is asking. Next would take all three from headers that anybody can write.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { BlockList, isIP } from "node:net";

export interface FrontDoorRules {
  /** The address that is listened on; unset for loopback. */
  host: string | undefined;
  /** Names, with or without port, besides it. Lower case. */
  allowedHosts: readonly string[];
  trusted: BlockList;
}

const SAFE_METHODS = ["GET", "HEAD", "OPTIONS"];
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/** Returns false when it has answered itself. */
export function frontDoor(rules: FrontDoorRules): (req: IncomingMessage, res: ServerResponse) => boolean {
  return (req, res) => {
    for (const [name, value] of Object.entries(HEADERS)) res.setHeader(name, value);
    const caller = identify(req, rules.trusted);
    if (!isAllowed(caller.host, rules)) {
      const shown = caller.host.replace(/[^\x21-\x7e]/g, "").slice(0, 200);
      return refuse(
        res,
        421,
        `The publisher does not answer for the host "${shown}". ALLOWED_HOSTS can name it.`,
      );
    }
    if (isForMachines(req)) {
      // Nobody is signed in here: what a browser adds by itself must not count.
      delete req.headers.cookie;
      delete req.headers["next-action"];
    } else if (!SAFE_METHODS.includes(req.method ?? "") && !fromOurPages(req, caller.host)) {
      return refuse(res, 403, "Refused: changes are accepted from the publisher's own pages only.");
    }
    for (const name of Object.keys(req.headers)) if (name.startsWith("x-sluice-")) delete req.headers[name];
    req.headers["x-sluice-address"] = caller.address;
    req.headers["x-sluice-https"] = caller.https ? "1" : "0";
    req.headers["x-sluice-path"] = pathOf(req.url ?? "/");
    return true;
  };
}

/** OAuth 2: a client proves who it is by its secret in every request, so it does not matter where that comes from. */
const MACHINES = ["/oauth2/token", "/oauth2/revoke", "/oauth2/jwks"];
const isForMachines = (req: IncomingMessage) => MACHINES.includes((req.url ?? "").split("?", 1)[0] ?? "");

const HEADERS = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/** Parses `TRUSTED_PROXIES`; returns the first entry that is neither an address nor a network. */
export function trustedProxies(entries: readonly string[]): BlockList | { wrong: string } {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = "", bits] = entry.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    const length = bits === undefined ? (family === "ipv6" ? 128 : 32) : Number(bits);
    const most = family === "ipv6" ? 128 : 32;
    if (isIP(address) === 0 || !/^\d*$/.test(bits ?? "") || bits === "" || length > most)
      return { wrong: entry };
    list.addSubnet(address, length, family);
  }
  return list;
}

interface Caller {
  address: string;
  https: boolean;
  host: string;
}

/** What a proxy in front says is believed from a trusted one only, and removed for Next otherwise. */
function identify(req: IncomingMessage, trusted: BlockList): Caller {
  const peer = plain(req.socket.remoteAddress ?? "");
  const host = (req.headers.host ?? "").toLowerCase();
  const { headers } = req;
  if (!contains(trusted, peer)) {
    for (const name of ["host", "proto", "port", "for"]) delete headers[`x-forwarded-${name}`];
    delete headers.forwarded;
    return { address: peer, https: false, host };
  }
  // The nearest address that is not a proxy of ours: what is further left was written by whoever called.
  const chain = text(headers["x-forwarded-for"])
    .split(",")
    .map((entry) => plain(entry.trim()));
  const address = chain.reverse().find((entry) => isIP(entry) !== 0 && !contains(trusted, entry)) ?? peer;
  const forwardedHost = text(headers["x-forwarded-host"]).split(",")[0]?.trim().toLowerCase();
  return {
    address,
    https: text(headers["x-forwarded-proto"]).split(",")[0]?.trim() === "https",
    host: forwardedHost || host,
  };
}

const text = (value: string | string[] | undefined) =>
  Array.isArray(value) ? value.join(",") : (value ?? "");
const plain = (address: string) => address.replace(/^::ffff:(?=\d+\.)/i, "");

function contains(list: BlockList, address: string): boolean {
  const version = isIP(address);
  return version !== 0 && list.check(address, version === 6 ? "ipv6" : "ipv4");
}

/**
 * Against DNS rebinding: a foreign page that has its own name resolve to this machine still sends that name.
 * Loopback names and bare addresses cannot be taken over that way, whatever the port (a tunnel may change it);
 * bare addresses other than loopback are let in only when HOST opens the publisher beyond it.
 */
function isAllowed(hostAndPort: string, { host, allowedHosts }: FrontDoorRules): boolean {
  const name = hostAndPort.replace(/:\d+$/, "");
  if (LOOPBACK.includes(name)) return true;
  if (allowedHosts.includes(name) || allowedHosts.includes(hostAndPort)) return true;
  if (!host || LOOPBACK.includes(host)) return false;
  return name === host.toLowerCase() || isIP(name.replace(/^\[|\]$/g, "")) !== 0;
}

/** Browsers say where a change comes from and cannot be made to lie; other clients say nothing. */
function fromOurPages(req: IncomingMessage, host: string): boolean {
  const site = req.headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin") return false;
  const { origin } = req.headers;
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === withoutDefaultPort(host, origin);
}

const withoutDefaultPort = (host: string, origin: string) =>
  host.replace(origin.startsWith("https:") ? /:443$/ : /:80$/, "");

/** The page to come back to after signing in, without what the router adds. */
function pathOf(url: string): string {
  if (!url.startsWith("/")) return "/";
  const [path = "/", query = ""] = url.split("?", 2);
  const kept = query.split("&").filter((part) => part !== "" && !part.startsWith("_rsc="));
  return kept.length > 0 ? `${path}?${kept.join("&")}` : path;
}

function refuse(res: ServerResponse, status: number, sentence: string): false {
  res.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", Connection: "close" });
  res.end(`${sentence}\n`);
  return false;
}
