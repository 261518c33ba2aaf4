import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

/**
 * A name server of a test's own (RFC 1035), which knows what the test tells it. A name that it was told nothing of does
 * not exist.
 */

/** What a name is answered with: IPv4 addresses (none: it exists, without addresses), a failure, or nothing at all. */
export type Told = { addresses: string[]; ttl?: number } | "servfail" | "nothing";

export interface NameServer {
  /** For DNS_SERVERS. */
  address: string;
  names: Map<string, Told>;
  /** Questions for IPv4 addresses so far, in order. */
  asked: string[];
  close(): void;
}

const [TYPE_A, TYPE_AAAA] = [1, 28];
const [SERVFAIL, NXDOMAIN] = [2, 3];

export async function startNameServer(): Promise<NameServer> {
  const socket = createSocket("udp4");
  const names = new Map<string, Told>();
  const asked: string[] = [];
  socket.on("message", (query, from) => {
    const { name, type, end } = question(query);
    if (type === TYPE_A) asked.push(name);
    const told = names.get(name);
    if (told === "nothing") return;
    const records = told && told !== "servfail" && type === TYPE_A ? told.addresses : [];
    const code =
      told === "servfail" ? SERVFAIL : told || (type !== TYPE_A && type !== TYPE_AAAA) ? 0 : NXDOMAIN;
    const head = Buffer.from(query.subarray(0, 12));
    // An answer, recursion available; one question, no authorities, nothing additional.
    head.writeUInt16BE(0x8180 | code, 2);
    for (const [i, count] of [1, records.length, 0, 0].entries()) head.writeUInt16BE(count, 4 + 2 * i);
    const ttl = told && told !== "servfail" ? (told.ttl ?? 60) : 0;
    const answers = records.map((address) => {
      const record = Buffer.alloc(16);
      // The name of the question, internet, four bytes.
      for (const [i, word] of [0xc00c, TYPE_A, 1].entries()) record.writeUInt16BE(word, 2 * i);
      record.writeUInt32BE(ttl, 6);
      record.writeUInt16BE(4, 10);
      for (const [i, byte] of address.split(".").entries()) record.writeUInt8(Number(byte), 12 + i);
      return record;
    });
    socket.send(Buffer.concat([head, query.subarray(12, end), ...answers]), from.port, from.address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address() as AddressInfo;
  return { address: `127.0.0.1:${port}`, names, asked, close: () => socket.close() };
}

/** The one question of a query, and where it ends. */
function question(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at]!; length > 0; length = query[at]!) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}
