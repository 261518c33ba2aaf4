import { createHash } from "node:crypto";
import { expect, type Gateway, test } from "../fixtures";
import { endpoint, pizza, statuses } from "./client";
import { bystander, flood, type Hostile, hostile, memory } from "./hostile";
import { open as openWebSocket } from "./webSockets";

/**
 * Callers who mean harm over HTTP/1.1, beside one who does not: that one is served on, theirs end or are bounded, and
 * the gateway's memory with them. Over HTTP/2: hostile-http2.spec.ts.
 */

test.use({ installation: "own" });

/** What is said beside the access log can then be counted. */
const quiet = { GATEWAY_ACCESS_LOG: "off" };
const path = "/pizza/1.0.0/menu";
const head = `GET ${path} HTTP/1.1\r\nHost: gw\r\n`;
const post = `POST ${path} HTTP/1.1\r\nHost: gw\r\n`;
/** Paths of the attack and of others are told apart at the endpoint. */
const good = "/pizza/1.0.0/good";

async function expectNobodyBlamed(g: Gateway): Promise<void> {
  expect(await endpoint(g)).toMatchObject({ state: "up", failures: 0 });
  expect(g.output().split("\n").length).toBeLessThan(20);
}

const several = (count: number, make: () => Promise<Hostile>) =>
  Promise.all(Array.from({ length: count }, make));

test("heads and bodies that come drop by drop end with their time, and 1000 idle connections disturb nobody", async ({
  backend,
  gateway,
}) => {
  test.setTimeout(60_000);
  const one = await backend("one");
  const g = await gateway(quiet);
  await g.deploy(pizza([one], {}, { limits: { responseTimeoutMs: 4_000 } }));
  const before = await memory(g);
  const others = bystander(g, good);
  const idle = await several(1_000, () => hostile(g.url));
  // Handshakes that have begun: the head of a TLS record, and no more.
  const halfOpen = await several(100, () => hostile(g.httpsUrl));
  for (const { socket } of halfOpen) socket.write(Buffer.from("1603010200", "hex"));
  const heads = await several(100, () => hostile(g.url));
  const bodies = await several(100, () => hostile(g.url));
  const stalled = await several(20, () => hostile(g.url));
  for (const { socket } of heads) socket.write(head);
  for (const { socket } of [...bodies, ...stalled]) socket.write(`${post}Content-Length: 9000\r\n\r\n`);
  const drops = setInterval(() => {
    for (const { socket } of heads) if (socket.writable) socket.write("X-A: b\r\n");
    for (const { socket } of bodies) socket.write("x");
  }, 500);
  const ended = (list: Hostile[]) => list.filter(({ over }) => over()).length;
  const answered = (list: Hostile[]) => new Set(list.flatMap(({ received }) => statuses(received())));
  await expect.poll(() => ended(stalled)).toBe(stalled.length);
  expect([...answered(stalled)]).toEqual([408]);
  await expect.poll(() => ended(heads), { timeout: 20_000 }).toBe(heads.length);
  expect([...answered(heads)]).toEqual([408]);
  await expect.poll(() => ended(halfOpen), { timeout: 20_000 }).toBe(halfOpen.length);
  // Those that go on are served as long as they do.
  expect(ended(bodies)).toBe(0);
  clearInterval(drops);
  await expect.poll(() => ended(bodies)).toBe(bodies.length);
  await others.expectServed();
  expect((await memory(g)) - before).toBeLessThan(200);
  expect(one.requests.filter(({ method }) => method === "GET").every(({ url }) => url === "/good")).toBe(
    true,
  );
  await expectNobodyBlamed(g);
  for (const { socket } of idle) socket.destroy();
});

test("bodies of a hundred thousand pieces are passed on whole, in little memory, and keeps nobody waiting", async ({
  backend,
  gateway,
}) => {
  test.setTimeout(60_000);
  // Within what is kept for a replay (1 MiB), each byte a chunk, with an extension on the first ones.
  const [pieces, callers] = [100_000, 4];
  const bytes = Buffer.alloc(pieces, "0123456789abcdefg");
  const digest = (given: Buffer) => createHash("sha256").update(given).digest("hex");
  const one = await backend("one");
  const g = await gateway(quiet);
  await g.deploy(pizza([one]));
  const before = await memory(g);
  const others = bystander(g, good);
  let most = 0;
  const watch = setInterval(async () => {
    most = Math.max(most, await memory(g));
  }, 100);
  const chunks = [...bytes.toString()].map((byte, i) => `1${i < 1_000 ? ";a=b" : ""}\r\n${byte}\r\n`);
  const attackers = await several(callers, () => hostile(g.url));
  await Promise.all(
    attackers.map(async (attacker) => {
      attacker.socket.write(`${post}Transfer-Encoding: chunked\r\n\r\n`);
      for (let i = 0; i < pieces; i += 10_000) await flood(attacker, chunks.slice(i, i + 10_000).join(""), 1);
      attacker.socket.write("0\r\n\r\n");
      await expect.poll(() => statuses(attacker.received()), { timeout: 40_000 }).toEqual([200]);
    }),
  );
  clearInterval(watch);
  await others.expectServed();
  const posted = one.requests.filter(({ method }) => method === "POST");
  expect(posted.map((request) => digest(request.bytes))).toEqual(Array(callers).fill(digest(bytes)));
  expect(most - before).toBeLessThan(100);
  await expectNobodyBlamed(g);
  for (const { socket } of attackers) socket.destroy();
});

test("floods of fields, chunk extensions, trailers and pipelined requests are refused or end, and others are served", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway(quiet);
  await g.deploy(pizza([one]));
  const before = await memory(g);
  const others = bystander(g, good);
  const chunked = `${post}Transfer-Encoding: chunked\r\n\r\n`;
  const floods: [string, string, string, number | null][] = [
    ["fields without end", head, "X-A: b\r\n".repeat(1_000), 431],
    ["one field without end", `${head}X-A: `, "b".repeat(10_000), 431],
    ["an extension without end", `${chunked}1;`, "a=b;".repeat(5_000), null],
    ["trailers without end", `${chunked}0\r\n`, "X-A: b\r\n".repeat(1_000), null],
  ];
  for (const [what, first, then, status] of floods) {
    const attackers = await several(10, () => hostile(g.url));
    await Promise.all(
      attackers.map(async (attacker) => {
        attacker.socket.write(first);
        await flood(attacker, then, 1_000);
      }),
    );
    await expect.poll(() => attackers.every(({ over }) => over()), what).toBe(true);
    if (status !== null)
      for (const { received } of attackers) expect([[], [status]], what).toContainEqual(statuses(received()));
  }
  // One at a time, and 100 that wait: what comes beyond is refused, and at no endpoint before its turn.
  let [atOnce, most, begun] = [0, 0, 0];
  one.answer((req, res) => {
    if (req.url === "/good" || req.method !== "GET") return void res.end("good");
    begun++;
    most = Math.max(most, ++atOnce);
    setTimeout(() => {
      atOnce--;
      res.end("ok");
    }, 5);
  });
  const pipelining = await hostile(g.url);
  await flood(pipelining, `${head}\r\n`.repeat(1_000), 20);
  await expect.poll(() => begun).toBeGreaterThan(50);
  pipelining.socket.destroy();
  expect(most).toBe(1);
  await others.expectServed();
  expect((await memory(g)) - before).toBeLessThan(200);
  await expectNobodyBlamed(g);
});

test("a WebSocket's empty frames by the million go to its endpoint, it ends with its caller, and others are served", async ({
  backend,
  gateway,
}) => {
  let received = 0;
  const one = await backend("one", {
    upgrade: (request, socket) => {
      const key = request.headers["sec-websocket-key"];
      const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
      socket.on("data", (data: Buffer) => {
        received += data.length;
      });
      socket.on("error", () => {});
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: chat.v1\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
    },
  });
  const g = await gateway(quiet);
  await g.deploy(pizza([one]));
  const before = await memory(g);
  const others = bystander(g, good);
  const { ws } = await openWebSocket(g);
  const { _socket: socket } = ws as unknown as { _socket: Hostile["socket"] };
  // A text that has begun, continued by nothing, masked with zeros (RFC 6455, section 5.2).
  const start = Buffer.from([0x01, 0x81, 0, 0, 0, 0, 0x61]);
  const nothing = Buffer.alloc(6 * 10_000, Buffer.from([0x00, 0x80, 0, 0, 0, 0]));
  socket.write(start);
  await flood({ socket, over: () => socket.destroyed, received: () => "" }, nothing, 100);
  await expect.poll(() => received, { timeout: 20_000 }).toBe(start.length + nothing.length * 100);
  // The caller ends; this endpoint never does by itself.
  socket.on("error", () => {});
  socket.end();
  await expect.poll(async () => (await endpoint(g)).inFlight, { timeout: 15_000 }).toBe(0);
  ws.terminate();
  await others.expectServed();
  expect((await memory(g)) - before).toBeLessThan(150);
  await expectNobodyBlamed(g);
});
