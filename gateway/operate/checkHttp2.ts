import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { connect, type IncomingHttpHeaders, type IncomingHttpStatusHeader } from "node:http2";
import { connect as connectSocket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { guard, type OutgoingRules } from "#lib/node/outgoing";
import { tlsNameOf } from "#lib/node/trust";
import { ignoreErrors } from "../boundary";

/** What a check looks at. */
export type Head = Pick<IncomingMessage, "statusCode" | "statusMessage" | "headers">;

/**
 * The head of an answer over HTTP/2, as requests go to the endpoint: over TLS where the server offers it, without by
 * prior knowledge. Null where it chose HTTP/1.1. Rejects like `ask`.
 */
export async function headOverHttp2(
  url: URL,
  method: string,
  signal: AbortSignal,
  { hosts, tls }: OutgoingRules,
): Promise<Head | null> {
  const secure = url.protocol === "https:";
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const place = { host, port: Number(url.port) || (secure ? 443 : 80), lookup: guard(url, hosts) };
  const own = { ...tls, servername: tlsNameOf(url.hostname), ALPNProtocols: ["h2", "http/1.1"] };
  const socket = secure ? connectTls({ ...place, ...own }) : connectSocket(place);
  ignoreErrors(socket);
  try {
    await once(socket, secure ? "secureConnect" : "connect", { signal });
    if (secure && (socket as TLSSocket).alpnProtocol !== "h2") return null;
    const session = connect(url.origin, { createConnection: () => socket });
    ignoreErrors(session);
    const stream = session.request({ ":method": method, ":path": url.pathname + url.search });
    ignoreErrors(stream);
    const [headers] = (await once(stream, "response", { signal })) as [
      IncomingHttpHeaders & IncomingHttpStatusHeader,
    ];
    return { statusCode: headers[":status"], headers };
  } finally {
    socket.destroy();
  }
}
