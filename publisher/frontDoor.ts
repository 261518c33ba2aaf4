/**
 * What every request to the publisher passes before Next sees it: which host it names, where a change comes from,
 * and who is asking. Next would take all three from headers that anybody can write.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { type BlockList, isIP } from "node:net";
import { ADDRESS_FIELD, HTTPS_FIELD, OWN_PREFIX, PATH_FIELD, VERSION_FIELD } from "#lib/model/ownFields";
import { isLoopback, isLoopbackName } from "#lib/node/listen";
import { callerBehind, isTrusted, peerAddress } from "#lib/node/proxies";

export interface FrontDoorRules {
  /** The address that is listened on; empty for loopback. */
  host: string;
  /** Names, with or without port, besides it. Lower case. */
  allowedHosts: readonly string[];
  trusted: BlockList;
  /** By what the build is known; "" while developing. */
  version: string;
}

const SAFE_METHODS = ["GET", "HEAD", "OPTIONS"];

/** Returns false when it has answered itself. */
export function frontDoor(rules: FrontDoorRules): (req: IncomingMessage, res: ServerResponse) => boolean {
  return (req, res) => {
    for (const [name, value] of Object.entries(HEADERS)) res.setHeader(name, value);
    // An open page sees by it that another version answers than the one that made it.
    if (rules.version) res.setHeader(VERSION_FIELD, rules.version);
    const caller = identify(req, rules.trusted);
    if (!isAllowed(caller.host, rules)) {
      const shown = caller.host.replace(/[^\x21-\x7e]/g, "").slice(0, 200);
      return refuse(
        res,
        421,
        `The publisher does not answer for the host "${shown}". ALLOWED_HOSTS can name it.`,
      );
    }
    if (!isDecodable(req.url ?? "/"))
      return refuse(res, 400, "The path is not encoded as UTF-8: a % that is meant itself is written %25.");
    if (isForMachines(req)) {
      // Nobody is signed in here: what a browser adds by itself must not count.
      delete req.headers.cookie;
      delete req.headers["next-action"];
    } else if (!SAFE_METHODS.includes(req.method ?? "") && !fromOurPages(req, caller.host)) {
      return refuse(res, 403, "Refused: changes are accepted from the publisher's own pages only.");
    }
    for (const name of Object.keys(req.headers)) if (name.startsWith(OWN_PREFIX)) delete req.headers[name];
    req.headers[VERSION_FIELD] = rules.version;
    req.headers[ADDRESS_FIELD] = caller.address;
    req.headers[HTTPS_FIELD] = caller.https ? "1" : "0";
    req.headers[PATH_FIELD] = pathOf(req.url ?? "/");
    return true;
  };
}

/**
 * OAuth 2, where a client proves who it is by its secret in every request, and WSO2's REST APIs, where it does so by a
 * token: it does not matter where they come from.
 */
const MACHINES = ["/oauth2/token", "/oauth2/revoke", "/oauth2/jwks", "/client-registration/v0.17/register"];
const isForMachines = ({ url = "" }: IncomingMessage) =>
  url.startsWith("/api/am/") || MACHINES.includes(url.split("?", 1)[0] ?? "");

const HEADERS = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
};

interface Caller {
  address: string;
  https: boolean;
  host: string;
}

/** What a proxy in front says is believed from a trusted one only, and removed for Next otherwise. */
function identify(req: IncomingMessage, trusted: BlockList): Caller {
  const peer = peerAddress(req.socket.remoteAddress ?? "");
  const host = (req.headers.host ?? "").toLowerCase();
  const { headers } = req;
  if (!isTrusted(peer, trusted)) {
    for (const name of ["host", "proto", "port", "for"]) delete headers[`x-forwarded-${name}`];
    delete headers.forwarded;
    return { address: peer, https: false, host };
  }
  const forwardedFor = text(headers["x-forwarded-for"]);
  const address = forwardedFor === "" ? peer : callerBehind(peer, forwardedFor, trusted);
  const forwardedHost = text(headers["x-forwarded-host"]).split(",")[0]?.trim().toLowerCase();
  return {
    address,
    https: text(headers["x-forwarded-proto"]).split(",")[0]?.trim() === "https",
    host: forwardedHost || host,
  };
}

const text = (value: string | string[] | undefined) =>
  Array.isArray(value) ? value.join(",") : (value ?? "");

/**
 * Against DNS rebinding: a foreign page that has its own name resolve to this machine still sends that name.
 * Loopback names and bare addresses cannot be taken over that way, whatever the port (a tunnel may change it);
 * bare addresses other than loopback are let in only when HOST opens the publisher beyond it.
 */
function isAllowed(hostAndPort: string, { host, allowedHosts }: FrontDoorRules): boolean {
  if (isLoopbackName(hostAndPort)) return true;
  const name = hostAndPort.replace(/:\d+$/, "");
  if (allowedHosts.includes(name) || allowedHosts.includes(hostAndPort)) return true;
  if (isLoopback(host)) return false;
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

/** Next answers 500 to whoever names a path that it cannot decode. */
function isDecodable(url: string): boolean {
  try {
    decodeURIComponent(url.split("?", 1)[0] ?? "");
    return true;
  } catch {
    return false;
  }
}

/** The page to come back to after signing in, without what the router adds. */
function pathOf(url: string): string {
  if (!url.startsWith("/")) return "/";
  const [path = "/", query = ""] = url.split("?", 2);
  const kept = query.split("&").filter((part) => part !== "" && !part.startsWith("_rsc="));
  return kept.length > 0 ? `${path}?${kept.join("&")}` : path;
}

/** Answers with a sentence, and is false, for whoever asks whether the request goes on. */
export function refuse(res: ServerResponse, status: number, sentence: string): false {
  res.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", Connection: "close" });
  res.end(`${sentence}\n`);
  return false;
}
