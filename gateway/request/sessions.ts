import { pinHolds } from "#lib/traffic/pin";
import { withoutAffinity } from "../http/cookies";
import { headerValue, type RequestHeaders } from "../http/headers";
import type { RequestBody } from "../http/requestBody";
import { isXml, MAX_SOAP_BYTES, SoapHeaderReader, soapVersion } from "../http/soap";
import type { Group } from "../routes/group";
import type { PinStore } from "./pins";

/** How long a SOAP body may take to arrive before it is forwarded unpinned, ms. */
const PREFETCH_MS = 10_000;

/**
 * The session of one request: where it is pinned, and what has to be remembered once an endpoint answers.
 * A pin that cannot be used moves, because whoever answers is pinned anew (docs/rules/gateway.md section 4).
 */
export interface RequestSession {
  readonly endpointId: string | undefined;
  /** An endpoint answered with these headers (name, value, ...), which may be added to. */
  answered(endpointId: string, headers: string[]): void;
  /** Sees the answer's body, before the caller does, when the session kind needs it. */
  sawBody?(chunk: Buffer): void;
}

/** Reads a request's session. Only SOAP and client ID sessions of SOAP callers have to wait for the body. */
export function openSession(
  group: Group,
  headers: RequestHeaders,
  body: RequestBody | null,
  pins: PinStore,
  secure: boolean,
): RequestSession | undefined | Promise<RequestSession | undefined> {
  const { cookie } = headers;
  // Ours alone: no backend ever sees it, also when sessions were switched off since it was set.
  headers.cookie = withoutAffinity(cookie);
  switch (group.session?.kind) {
    case "transport":
      return transportSession(group, cookie, secure);
    case "clientId": {
      const id = headerValue(headers.forward, group.session.header);
      if (id) return storedSession(group, pins, id);
      return soapSession(group, "clientId", headers, body, pins);
    }
    case "soap":
      return soapSession(group, "soap", headers, body, pins);
    default:
      return undefined;
  }
}

function transportSession(group: Group, cookie: string, secure: boolean): RequestSession {
  const { timeoutMs } = group.session!;
  const pin = group.cookie.read(cookie);
  const now = Date.now();
  return {
    endpointId: pin && pinHolds(pin, timeoutMs, now) ? pin.endpointId : undefined,
    answered(endpointId, answer) {
      answer.push("Set-Cookie", group.cookie.write({ endpointId, lastUsed: Date.now() }, timeoutMs, secure));
    },
  };
}

async function storedSession(group: Group, pins: PinStore, id: string): Promise<RequestSession> {
  const key = `${group.scope} ${id}`;
  const endpointId = await pins.get(key, group.session!.timeoutMs, Date.now());
  return { endpointId, answered: (answering) => pins.set(key, answering, Date.now()) };
}

async function soapSession(
  group: Group,
  kind: "soap" | "clientId",
  headers: RequestHeaders,
  body: RequestBody | null,
  pins: PinStore,
): Promise<RequestSession | undefined> {
  const contentType = headerValue(headers.forward, "content-type") ?? "";
  const soapAction = headerValue(headers.forward, "soapaction") !== undefined;
  const plain = headerValue(headers.forward, "content-encoding") === undefined;
  let known: RequestSession | undefined;
  if (body && plain && soapVersion(contentType, soapAction)) {
    const reader = new SoapHeaderReader(kind, contentType);
    // A larger body is forwarded unpinned; what was read of it is replayed.
    const chunks = await body.prefetch(MAX_SOAP_BYTES, PREFETCH_MS);
    for (const chunk of chunks ?? []) reader.write(chunk);
    if (reader.id !== undefined) known = await storedSession(group, pins, reader.id);
  }
  if (kind === "clientId") return known;
  // The endpoint may start a session in its answer, also in place of one that it does not know (any more).
  let reader: SoapHeaderReader | undefined;
  let answering = "";
  return {
    endpointId: known?.endpointId,
    answered(endpointId, answer) {
      known?.answered(endpointId, answer);
      answering = endpointId;
      const type = headerValue(answer, "content-type") ?? "";
      if (isXml(type) && headerValue(answer, "content-encoding") === undefined) {
        reader = new SoapHeaderReader("soap", type);
      }
    },
    sawBody(chunk) {
      if (!reader) return;
      reader.write(chunk);
      if (reader.id === undefined) return;
      pins.set(`${group.scope} ${reader.id}`, answering, Date.now());
      reader = undefined;
    },
  };
}
