import { execFile } from "node:child_process";
import { once } from "node:events";
import { type ClientHttp2Session, connect } from "node:http2";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, type Gateway, outputFolder, test } from "../fixtures";
import { endpoint, pizza, statuses, type Wire, wire } from "./client";

/**
 * A gateway without free descriptors blamed its endpoints for it ("connection refused"), suspended them, and said
 * nothing in its log. It has 256 here, for 400 callers.
 */

test.use({ installation: "own" });

const LIMIT = 256;
const CALLERS = 400;
const asking = "GET /pizza/1.0.0/menu HTTP/1.1\r\nHost: gw\r\n\r\n";
const handshake = `${asking.slice(0, -2)}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`;
const unavailable = /^HTTP\/1\.1 503 [\s\S]*retry-after: 1\r\n[\s\S]*"code":"102514"/i;

const setLimit = (g: Gateway, count: number) =>
  promisify(execFile)("prlimit", [`--pid=${g.pid}`, `--nofile=${count}:`]);

/** Gives it so few descriptors, and waits until it knows. */
async function limited(g: Gateway): Promise<void> {
  await setLimit(g, LIMIT);
  await expect.poll(async () => (await g.status()).descriptors?.limit).toBe(LIMIT);
}

async function expectNobodyBlamed(g: Gateway): Promise<void> {
  expect(await endpoint(g)).toMatchObject({ state: "up", failures: 0 });
}

const metric = async (g: Gateway, name: string) => {
  const text = await (await fetch(`${g.adminUrl}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1]);
};
/** Answers on a connection, and whether it is over. */
const answered = (connection: Wire) => statuses(connection.received());
const over = ({ socket }: Wire) => socket.destroyed || socket.readableEnded;
const said = (g: Gateway, words: RegExp) => g.output().match(new RegExp(words, "gm"))?.length ?? 0;

test("400 callers who keep their connections are all answered by a gateway with 256 descriptors", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one]));
  await limited(g);
  const callers: Wire[] = [];
  for (let i = 0; i < CALLERS; i++) {
    const caller = await wire(g.url);
    callers.push(caller);
    caller.write(asking);
    await expect.poll(() => answered(caller), { intervals: [1, 2, 5, 10] }).toEqual([200]);
  }
  // Those that were idle for longest have gone.
  expect(over(callers[0]!)).toBe(true);
  expect(over(callers.at(-1)!)).toBe(false);
  expect(await metric(g, "sluice_caller_connections")).toBeLessThan(LIMIT / 2);
  expect(await metric(g, "sluice_caller_connections_refused_total")).toBe(0);
  await expectNobodyBlamed(g);
  await expect.poll(() => said(g, /^No free descriptors for more connections: the limit is 256/m)).toBe(1);
});

test("callers beyond the descriptors are refused, endpoints and operators have theirs, and it is said once", async ({
  backend,
  gateway,
}) => {
  let held: (() => void)[] = [];
  const one = await backend("one", { handler: (_, res) => void held.push(() => res.end("held")) });
  const g = await gateway();
  await g.deploy(pizza([one]));
  await limited(g);
  const many = /^\d+ of 256 descriptors are in use\./m;
  for (const round of [1, 2]) {
    const callers: Wire[] = [];
    for (let i = 0; i < CALLERS; i++) {
      const caller = await wire(g.url);
      caller.write(asking);
      callers.push(caller);
    }
    // Each of them waits for its endpoint, or was turned away.
    await expect.poll(() => callers.filter(over).length + held.length).toBe(CALLERS);
    expect(held.length).toBeGreaterThan(64);
    await expect.poll(() => said(g, many)).toBe(round);
    const { descriptors } = await g.status();
    expect(descriptors).toEqual({ open: await metric(g, "process_open_fds"), limit: LIMIT });
    expect(await metric(g, "process_max_fds")).toBe(LIMIT);
    expect(descriptors!.open).toBeLessThan(LIMIT);
    for (const release of held) release();
    const got = () => callers.map(answered).filter((found) => found.length > 0);
    await expect.poll(() => got().length).toBe(held.length);
    expect(got().flat()).toEqual(held.map(() => 200));
    await expectNobodyBlamed(g);
    held = [];
    for (const { socket } of callers) socket.destroy();
    await expect.poll(async () => (await g.status()).descriptors!.open).toBeLessThan(LIMIT / 2);
  }
  expect(await metric(g, "sluice_caller_connections_refused_total")).toBeGreaterThan(CALLERS);
});

test("without a free descriptor for its endpoint a call gets 503, and nobody is blamed", async ({
  backend,
  gateway,
}) => {
  let held: (() => void)[] = [];
  const one = await backend("one", { handler: (_, res) => void held.push(() => res.end("held")) });
  const g = await gateway();
  await g.deploy(pizza([one]));
  await limited(g);
  // Few connections of callers, and 300 calls on them.
  const sessions: ClientHttp2Session[] = [];
  const heads: Promise<Record<string, unknown>>[] = [];
  for (let i = 0; i < 3; i++) {
    const session = connect(g.httpsUrl, { rejectUnauthorized: false });
    sessions.push(session);
    for (let j = 0; j < 100; j++) {
      const stream = session.request({ ":path": "/pizza/1.0.0/menu" });
      stream.resume();
      heads.push(once(stream, "response").then(([head]) => head as Record<string, unknown>));
    }
  }
  let refused = 0;
  for (const head of heads) head.then((found) => found[":status"] === 503 && refused++).catch(() => {});
  await expect.poll(() => refused + held.length).toBe(300);
  expect(refused).toBeGreaterThan(100);
  for (const release of held.splice(0)) release();
  const found = await Promise.all(heads);
  for (const head of found.filter((one) => one[":status"] !== 200))
    expect(head).toMatchObject({ ":status": 503, "retry-after": "1" });
  await expectNobodyBlamed(g);
  for (const session of sessions) session.destroy();
  held = [];
});

test("when the system refuses descriptors the gateway goes on: calls get 503, its files and database wait", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const file = join(outputFolder(), "access.log");
  const g = await gateway({ GATEWAY_ACCESS_LOG: file });
  await g.deploy(pizza([one], { healthCheck: { enabled: true, kind: "tcp", intervalMs: 1000 } }));
  await expect.poll(async () => (await endpoint(g)).state).toBe("up");
  const caller = await wire(g.url);
  const socket = await wire(g.url);
  await setLimit(g, 8);
  caller.write(asking);
  await expect
    .poll(caller.received)
    .toMatch(/^HTTP\/1\.1 503 [\s\S]*retry-after: 1\r\n[\s\S]*"code":"102514"/i);
  socket.write(handshake);
  await expect.poll(socket.received).toMatch(unavailable);
  process.kill(g.pid, "SIGUSR2");
  await expect.poll(g.output).toMatch(/access log goes on in the file from before: EMFILE/);
  await setLimit(g, LIMIT);
  caller.write(asking);
  await expect.poll(() => answered(caller)).toEqual([503, 200]);
  await expectNobodyBlamed(g);
  await g.deploy(pizza([one], {}, { description: "the database is read" }));
});
