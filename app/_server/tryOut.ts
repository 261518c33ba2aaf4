import { randomUUID } from "node:crypto";
import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import * as z from "zod";
import { type Reach, whyNotHeader, whyNotOperation, whyNotQuery } from "#lib/access/trying";
import { type ApiDefinition, basePath, httpMethods, type Resource } from "#lib/edit/api";
import { keyTypes } from "#lib/edit/endpoints";
import { keyFor, seal } from "#lib/node/secret";
import { Matcher } from "#lib/traffic/matcher";
import { isProxyField } from "#lib/traffic/requestFields";
import { TRACE_HEADER, TRACE_PURPOSE, type Trace, type TraceTicket } from "#lib/traffic/trace";
import { ownSecret } from "#prisma/ownSecret";
import { readGatewayStatus, readTrace } from "./gatewayClient";
import type { SignedIn } from "./session";

/** Until the answer is complete, ms: longer than the gateway's own deadline. */
const TIMEOUT_MS = 65_000;
/** Most of an answer's body that is shown, bytes. */
const MAX_BODY = 256 * 1024;
/** How long a header that asks for a trace is good, ms. */
const TICKET_MS = 60_000;

export const TryOutRequest = z.object({
  method: z.enum(httpMethods),
  /** Below the API's base path, with its query. */
  path: z
    .string()
    .max(8_000)
    .regex(
      /^\/[\x21\x22\x24-\x7e]*$/,
      "A path starts with / and has neither spaces nor #; other characters are written as %20 and the like.",
    ),
  headers: z
    .array(
      z.tuple([
        z
          .string()
          .regex(
            /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/,
            "A header name has letters, digits and hyphens only.",
          ),
        z
          .string()
          .max(8_000)
          .regex(/^[\x20-\x7e\t]*$/, "A header's value has plain characters only."),
      ]),
    )
    .max(50),
  body: z.string().max(1024 * 1024),
  /** Of the token that the request goes out with. */
  keyType: z.enum(keyTypes),
  /** Of an earlier answer, so that a session goes on. */
  cookie: z
    .string()
    .max(8_000)
    .regex(/^[\x20-\x7e]*$/),
});
export type TryOutRequest = z.infer<typeof TryOutRequest>;

export interface TryOutAnswer {
  status: number;
  statusText: string;
  headers: [string, string][];
  body: string;
  /** Bytes of the body, of which `body` may be the beginning only. */
  size: number;
  ms: number;
  /** Null when the gateway did not tell. */
  trace: Trace | null;
  /** The one of several that it met; "" where there is one, or none told. */
  gateway: string;
}

/** Why this user may not try this; "" when they may. What the gateway finds for the path decides in the end. */
export function tryProblem(
  definition: ApiDefinition,
  request: TryOutRequest,
  { role }: SignedIn,
  reach: Reach,
): string {
  for (const [name] of request.headers) {
    const problem = whyNotHeader(role, reach, name, definition);
    if (problem) return problem;
  }
  const { keyType, method, path } = request;
  const [, query = ""] = /\?(.*)/.exec(path) ?? [];
  const problem = whyNotQuery(role, reach, query);
  if (problem) return problem;
  return whyNotOperation(role, reach, definition, resourceAt(definition, request), keyType, method);
}

function resourceAt({ resources }: ApiDefinition, { method, path }: TryOutRequest): Resource | null {
  const matcher = new Matcher<Resource>();
  for (const resource of resources) matcher.add(resource.method, resource.path, resource);
  return matcher.find(method, path.split("?", 1)[0]!);
}

/** What goes with a request although nobody typed it. */
interface Sender {
  /** "" where none is needed. */
  token: string;
  apiId: string;
  reach: Reach;
}

/** Sends a request through the gateway as a caller would, from the publisher's server; a sentence when it got no answer. */
export async function tryOut(
  definition: ApiDefinition,
  request: TryOutRequest,
  { token, apiId, reach }: Sender,
): Promise<TryOutAnswer | string> {
  const status = await readGatewayStatus([]);
  if (!status) return "The gateway does not answer.";
  const { transports, security } = definition;
  const base = (transports.http && status.urls.http) || (transports.https && status.urls.https);
  if (!base) return "The gateway has no address at which this API answers.";
  const url = new URL(base);
  const ticket: TraceTicket = {
    id: randomUUID(),
    expiresAt: Date.now() + TICKET_MS,
    apiId,
    production: reach,
  };
  const own = ["host", "content-length", "transfer-encoding", "connection", "upgrade", TRACE_HEADER];
  // The gateway may believe this machine as a proxy: whoever tries an API out is a caller and none.
  const headers: [string, string][] = request.headers.filter(
    ([name]) => !own.includes(name.toLowerCase()) && !isProxyField(name),
  );
  if (token) headers.push([security.header, `Bearer ${token}`]);
  if (request.cookie) headers.push(["Cookie", request.cookie]);
  headers.push([TRACE_HEADER, seal(traceKey(), JSON.stringify(ticket))]);
  const start = performance.now();
  try {
    const { answer, body, size } = await send(url, basePath(definition) + request.path, request, headers);
    const ms = Math.round((performance.now() - start) * 10) / 10;
    const raw = answer.rawHeaders;
    const told = raw.flatMap((name, i): [string, string][] =>
      i % 2 === 0 ? [[name, raw[i + 1] ?? ""]] : [],
    );
    const met = await readTrace(ticket.id);
    return {
      status: answer.statusCode ?? 0,
      statusText: answer.statusMessage ?? "",
      headers: told,
      body,
      size,
      ms,
      trace: met?.trace ?? null,
      gateway: met?.gateway ?? "",
    };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    const found = await readTrace(ticket.id);
    const last = found?.trace.attempts.at(-1);
    const met = last ? ` The last endpoint was ${last.url}: ${last.words}.` : "";
    return `The connection was closed without an answer${code ? ` (${code})` : ""}.${met}`;
  }
}

const traceKey = () => keyFor(ownSecret(), TRACE_PURPOSE);

function send(
  url: URL,
  path: string,
  { method, body }: TryOutRequest,
  headers: [string, string][],
): Promise<{ answer: IncomingMessage; body: string; size: number }> {
  return new Promise((resolve, reject) => {
    const isSecure = url.protocol === "https:";
    const options = {
      host: url.hostname.replace(/^\[|\]$/g, ""),
      port: url.port || (isSecure ? 443 : 80),
      path,
      method,
      agent: false,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      // Our own gateway, whose certificate may be one that it made itself.
      rejectUnauthorized: false,
    } as const;
    const req = (isSecure ? requestHttps : requestHttp)(options, (answer) => {
      const chunks: Buffer[] = [];
      let size = 0;
      answer.on("data", (chunk: Buffer) => {
        if (size < MAX_BODY) chunks.push(chunk);
        size += chunk.length;
      });
      answer.on("error", reject);
      answer.on("end", () => {
        const text = Buffer.concat(chunks).subarray(0, MAX_BODY).toString("utf8");
        resolve({ answer, body: text, size });
      });
    });
    req.on("error", reject);
    for (const [name, value] of headers) req.appendHeader(name, value);
    if (body !== "") req.setHeader("Content-Length", Buffer.byteLength(body));
    req.end(body === "" ? undefined : body);
  });
}
