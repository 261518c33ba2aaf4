import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { keyTypes } from "#lib/edit/endpoints";
import { isForBody } from "#lib/node/adminTicket";
import { parseJson, readBody, tooLargeWords } from "#lib/node/body";
import { CheckRequest, TryRequest } from "#lib/status";
import { wasRead } from "../routes/table";
import type { AdminContext } from "./adminContext";
import { checkEndpoint } from "./check";
import { prometheusText } from "./prometheus";
import { gatewayStatus, wantedApis } from "./statusReport";
import { tryEndpoint } from "./tryNow";

/** What there is, and how it is asked for. */
const methods = new Map([
  ["/healthz", "GET"],
  ["/readyz", "GET"],
  ["/status", "GET"],
  ["/history", "GET"],
  ["/trace", "GET"],
  ["/metrics", "GET"],
  ["/check", "POST"],
  ["/try", "POST"],
]);
/** Largest body of an admin request, bytes. */
const MAX_BODY = 64 * 1024;

/** The interface for the publisher and for operators: health, status, endpoint checks. */
export function adminServer(context: AdminContext): Server {
  const startedAt = new Date().toISOString();
  return createServer((req, res) => {
    route(context, startedAt, req, res).catch((error: unknown) => {
      console.error("Admin request:", error);
      if (!res.headersSent) json(res, 500, { message: "Internal error." });
    });
  });
}

async function route(
  context: AdminContext,
  startedAt: string,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const path = (req.url ?? "").split("?")[0] ?? "";
  const refusal = context.access(req, path);
  if (refusal) return json(res, refusal.status, { message: refusal.message });
  const wanted = methods.get(path);
  if (!wanted) {
    const paths = [...methods.keys()].join(", ").replace(/, ([^,]*)$/, " and $1");
    return json(res, 404, { message: `Unknown path. There are ${paths}.` });
  }
  if (req.method !== wanted && !(wanted === "GET" && req.method === "HEAD")) {
    res.setHeader("Allow", wanted);
    return json(res, 405, { message: `${path} answers ${wanted} only.` });
  }
  if (path === "/healthz") return json(res, 200, { ok: true });
  if (path === "/readyz") return ready(context, res);
  if (path === "/status") return json(res, 200, gatewayStatus(context, startedAt, wantedApis(req.url ?? "")));
  if (path === "/trace") return trace(context, new URLSearchParams(req.url?.split("?")[1]), res);
  if (path === "/metrics") return metricsText(context, res);
  if (path === "/history") return history(context, new URLSearchParams(req.url?.split("?")[1]), res);
  const bytes = await readBody(req.iterator({ destroyOnReturn: false }), MAX_BODY);
  if (!bytes) {
    // What is left of it is let go by unread, or the caller would not see the answer.
    req.resume();
    res.setHeader("Connection", "close");
    return json(res, 413, { message: tooLargeWords(MAX_BODY) });
  }
  if (!isForBody(req.headers.authorization ?? "", bytes))
    return json(res, 401, { message: "The ticket is for another body." });
  const given = parseJson(bytes.toString("utf8"));
  if (path === "/try") return tried(context, given, res);
  const body = CheckRequest.safeParse(given);
  if (!body.success) return json(res, 400, { message: 'Send {"url": "http://..."} as JSON.' });
  const { url, verifyTls, http2 } = body.data;
  const tlsOf = (href: string) => context.tlsOf(href, verifyTls);
  json(res, 200, await checkEndpoint(url, context.check, tlsOf, http2));
}

async function tried(context: AdminContext, given: unknown, res: ServerResponse): Promise<void> {
  const body = TryRequest.safeParse(given);
  if (!body.success)
    return json(res, 400, { message: 'Send {"apiId": "...", "endpointId": "..."} as JSON.' });
  const { apiId, endpointId } = body.data;
  const result = await tryEndpoint(context.watcher.snapshot.byId.get(apiId), endpointId, context);
  json(res, result ? 200 : 404, result ?? { message: "This endpoint does not serve here." });
}

/** Ready = has a routing table, accepts requests, and is the one with its id. Trouble with the database is said, but old routes serve. */
function ready({ watcher, stopping, announcer }: AdminContext, res: ServerResponse): void {
  const ok = wasRead(watcher.snapshot) && !stopping() && !announcer.isRefused;
  const { databaseError } = watcher;
  const unannounced = announcer.problem;
  json(res, ok ? 200 : 503, { ready: ok, stopping: stopping(), databaseError, unannounced });
}

function history(context: AdminContext, query: URLSearchParams, res: ServerResponse): void {
  const text = query.get("keyType");
  const keyType = keyTypes.find((k) => k === text) ?? null;
  const unknown = text !== null && keyType === null;
  const found = unknown ? null : context.history.of(query.get("api") ?? "", keyType);
  if (unknown) json(res, 400, { message: "keyType is production or sandbox; without it both count." });
  else if (!found) json(res, 404, { message: "Name a live API by its id: /history?api=<id>." });
  else json(res, 200, found);
}

function trace({ traces }: AdminContext, query: URLSearchParams, res: ServerResponse): void {
  const found = traces.get(query.get("id") ?? "");
  json(res, found ? 200 : 404, found ?? { message: "There is no such trace." });
}

function metricsText(context: AdminContext, res: ServerResponse): void {
  res.writeHead(200, {
    "Content-Type": "text/plain; version=0.0.4; charset=utf-8",
    "Cache-Control": "no-store",
  });
  res.end(prometheusText(context, performance.now()));
}

function json(res: ServerResponse, code: number, value: unknown): void {
  res.writeHead(code, { "Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store" });
  res.end(JSON.stringify(value));
}
