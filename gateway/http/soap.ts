import { SaxesParser } from "saxes";
import { headerValue, type RequestHeaders } from "./headers";

/** SOAP messages are read only for a session id in their header, and only this far, bytes. */
export const MAX_SOAP_BYTES = 1024 * 1024;

const SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/";
const SOAP_12 = "http://www.w3.org/2003/05/soap-envelope";

/** The SOAP header element that names a session, by session kind (docs/rules/gateway.md section 4). */
const sessionElement = {
  soap: { namespace: "http://ws.apache.org/namespaces/axis2", name: "ServiceGroupId" },
  clientId: { namespace: "http://ws.apache.org/ns/synapse", name: "ClientID" },
} as const;

/** Longest session id that is believed. */
const MAX_ID = 200;
/** Deepest element that is looked at: the parser's time for one grows with its depth. */
const MAX_DEPTH = 50;
/** Stops the parser in the middle of what it was given; its events would go on otherwise. */
const STOP = new Error("stop");

/** Which SOAP version a content type announces; undefined when it is not SOAP. */
export function soapVersion(contentType: string, soapAction: boolean): 11 | 12 | undefined {
  const type = contentType.split(";", 1)[0]!.trim().toLowerCase();
  if (type === "application/soap+xml") return 12;
  return type === "text/xml" && soapAction ? 11 : undefined;
}

/** The SOAP version of a caller, who then gets errors as faults. */
export function soapOf(headers: RequestHeaders): 11 | 12 | undefined {
  const contentType = headerValue(headers.forward, "content-type");
  if (contentType === undefined || !contentType.includes("xml")) return undefined;
  return soapVersion(contentType, headerValue(headers.forward, "soapaction") !== undefined);
}

/** Whether a message may be SOAP: a response carries no SOAPAction. */
export function isXml(contentType: string): boolean {
  const type = contentType.split(";", 1)[0]!.trim().toLowerCase();
  return type === "text/xml" || type === "application/soap+xml";
}

/**
 * Looks for a session id in the SOAP header while a message streams by. Anything that is not a well-formed
 * SOAP header just has no id: the message itself is passed on untouched. Entities beyond XML's own five are
 * an error to the parser, so there is nothing to expand.
 */
export class SoapHeaderReader {
  /** The id once it is found. */
  id: string | undefined;
  private over = false;
  private seen = 0;
  private readonly parser = new SaxesParser({ xmlns: true, position: false });
  private readonly decoder: TextDecoder;
  private depth = 0;
  private inHeader = false;
  private text: string | null = null;

  constructor(kind: keyof typeof sessionElement, contentType: string) {
    this.decoder = decoderFor(contentType);
    const wanted = sessionElement[kind];
    this.parser.on("opentag", (tag) => {
      this.depth++;
      const isSoap = tag.uri === SOAP_11 || tag.uri === SOAP_12;
      if (this.depth === 1 && !(tag.local === "Envelope" && isSoap)) throw STOP;
      if (this.depth === 2) {
        // Only the header names a session; the body is the backend's.
        if (!(tag.local === "Header" && isSoap)) throw STOP;
        this.inHeader = true;
      }
      if (this.depth > MAX_DEPTH || this.text !== null) throw STOP;
      if (this.inHeader && tag.local === wanted.name && tag.uri === wanted.namespace) this.text = "";
    });
    this.parser.on("text", (text) => {
      if (this.text !== null && this.text.length <= MAX_ID) this.text += text;
    });
    this.parser.on("closetag", () => {
      this.depth--;
      if (this.text === null) return;
      const id = this.text.trim();
      if (id !== "" && id.length <= MAX_ID) this.id = id;
      throw STOP;
    });
    this.parser.on("error", () => {
      throw STOP;
    });
  }

  write(chunk: Buffer): void {
    if (this.over) return;
    this.seen += chunk.length;
    if (this.seen > MAX_SOAP_BYTES) this.over = true;
    else {
      try {
        this.parser.write(this.decoder.decode(chunk, { stream: true }));
      } catch {
        this.over = true;
      }
    }
  }
}

function decoderFor(contentType: string): TextDecoder {
  const charset = /charset="?([^";\s]+)/i.exec(contentType)?.[1] ?? "utf-8";
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder();
  }
}

/** The gateway's own error as a SOAP fault. `sender` tells whose fault it is. */
export function soapFault(
  version: 11 | 12,
  code: string,
  message: string,
  description: string,
  sender: boolean,
): string {
  const [c, m, d] = [code, message, description].map(escapeXml);
  if (version === 11) {
    return `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="${SOAP_11}"><soapenv:Body><soapenv:Fault><faultcode>soapenv:${sender ? "Client" : "Server"}</faultcode><faultstring>${m}</faultstring><detail><code>${c}</code><description>${d}</description></detail></soapenv:Fault></soapenv:Body></soapenv:Envelope>`;
  }
  return `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="${SOAP_12}"><soapenv:Body><soapenv:Fault><soapenv:Code><soapenv:Value>soapenv:${sender ? "Sender" : "Receiver"}</soapenv:Value></soapenv:Code><soapenv:Reason><soapenv:Text xml:lang="en">${m}</soapenv:Text></soapenv:Reason><soapenv:Detail><code>${c}</code><description>${d}</description></soapenv:Detail></soapenv:Fault></soapenv:Body></soapenv:Envelope>`;
}

function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
