import { once } from "node:events";
import { connect } from "node:http2";
import { expect, type Gateway, test } from "../fixtures";
import { pizza, wire } from "./client";
import { frame } from "./frames";

/** HTTP/2 on the port without TLS, by prior knowledge (RFC 9113, section 3.3), beside HTTP/1. */

const path = "/pizza/1.0.0/menu";
const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

async function get(g: Gateway, asked = path): Promise<{ status: unknown; body: string }> {
  const session = connect(g.url);
  const stream = session.request({ ":path": asked });
  const [head] = (await once(stream, "response")) as [Record<string, unknown>];
  let body = "";
  for await (const chunk of stream) body += chunk;
  session.close();
  return { status: head[":status"], body };
}

test("a caller may begin with HTTP/2, in whatever pieces that comes", async ({ backend, gateway }) => {
  const g = await gateway();
  await g.deploy(pizza([await backend("one")]));
  expect(await get(g)).toEqual({ status: 200, body: expect.stringContaining("one") });
  expect(await get(g, "/nothing")).toEqual({ status: 404, body: expect.stringContaining('"404"') });
  const settings = frame(4, 0, 0);
  const opening = Buffer.concat([Buffer.from(PREFACE), settings]);
  for (const cut of [1, 3, 14, 18, 23, 24, 25, opening.length - 1]) {
    const caller = await wire(g.url);
    caller.socket.setNoDelay(true);
    caller.write(opening.subarray(0, cut));
    await new Promise((resolve) => setImmediate(resolve));
    caller.write(opening.subarray(cut));
    // The acknowledgement of our settings, among whatever the gateway begins with.
    const acknowledged = frame(4, 1, 0).toString("latin1");
    await expect.poll(() => caller.received(), { message: `cut at ${cut}` }).toContain(acknowledged);
    caller.socket.destroy();
  }
});

test("what begins like HTTP/2 and is not is answered as HTTP/1", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one]));
  const begins = [
    `PUT ${path} HTTP/1.1\r\nHost: gw\r\nContent-Length: 0\r\n`,
    "PRIVATE / HTTP/1.1\r\nHost: gw\r\n",
  ];
  for (const [text, status] of [
    [begins[0]!, "200"],
    [begins[1]!, "405"],
    [`PRI ${path} HTTP/1.1\r\nHost: gw\r\n`, "40"],
    ["PRI * HTTP/2.0\r\n\r\nSX\r\n", "400"],
  ] as const) {
    const caller = await wire(g.url);
    const whole = `${text}Connection: close\r\n\r\n`;
    for (const piece of [whole.slice(0, 1), whole.slice(1, 3), whole.slice(3)]) {
      caller.write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await caller.closed).slice(0, 12), text).toMatch(new RegExp(`^HTTP/1.1 ${status}`));
  }
});

test("requests of HTTP/1 that come at once are answered in turn", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one]));
  const caller = await wire(g.url);
  const request = (last: string) => `GET ${path} HTTP/1.1\r\nHost: gw\r\n${last}\r\n`;
  caller.write(request("") + request("") + request("Connection: close\r\n"));
  expect((await caller.closed).match(/HTTP\/1\.1 200/g)).toHaveLength(3);
  const half = await wire(g.url);
  half.socket.end();
  expect(await half.closed).toBe("");
});

test("a caller who leaves is noticed at once, whatever its calls wait for", async ({ backend, gateway }) => {
  const one = await backend("one", { handler: () => {} });
  const g = await gateway();
  await g.deploy(pizza([one]));
  const opening = Buffer.concat([Buffer.from(PREFACE), frame(4, 0, 0)]);
  // GET http://gw of the path, without Huffman coding.
  const literal = (index: number, text: string) => Buffer.from([index, text.length, ...Buffer.from(text)]);
  const asks = frame(1, 5, 1, Buffer.concat([Buffer.from([0x82, 0x86]), literal(4, path), literal(1, "gw")]));
  const caller = await wire(g.url);
  caller.write(Buffer.concat([opening, asks]));
  await expect.poll(() => one.requests.length).toBe(1);
  caller.socket.end();
  await expect.poll(() => one.requests[0]!.aborted).toBe(true);
  await caller.closed;
});

test.describe("a gateway of its own", () => {
  test.use({ installation: "own" });

  test("a gateway that stops sends HTTP/2 callers away, and answers them first", async ({
    backend,
    gateway,
  }) => {
    let answer: (() => void) | undefined;
    const one = await backend("one", {
      handler: (_req, res) => {
        answer = () => res.end("late");
      },
    });
    const g = await gateway();
    await g.deploy(pizza([one]));
    const session = connect(g.url);
    const stream = session.request({ ":path": path });
    await expect.poll(() => answer !== undefined).toBe(true);
    const silent = await wire(g.url);
    const gone = once(session, "goaway");
    const stopped = g.stop();
    await gone;
    answer!();
    let body = "";
    for await (const chunk of stream) body += chunk;
    expect(body).toBe("late");
    // It says nothing, and keeps nobody waiting for long.
    expect(await silent.closed).toBe("");
    expect(await stopped).toBe(0);
  });
});
