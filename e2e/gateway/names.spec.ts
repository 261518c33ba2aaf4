import { once } from "node:events";
import { createSecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import type { BackendOptions } from "../backends";
import { expect, test } from "../fixtures";
import { type NameServer, startNameServer } from "../nameServer";
import { certificate } from "./certificate";
import { pizza, send } from "./client";
import { endpoint, hit, stateOf } from "./traffic";

/** Names of backends, by a name server of the test's own: docs/rules/gateway.md section 5. */

test.use({ installation: "own" });

let server: NameServer;
test.beforeEach(async () => {
  server = await startNameServer();
});
test.afterEach(() => server.close());

/** The backend by another name. */
const named = (name: string, { url }: { url: string }) => ({ url: url.replace("127.0.0.1", name) });

test("names that no name server answers for keep no other API waiting, and nobody else is blamed", async ({
  backend,
  gateway,
}) => {
  const fine = await backend("fine");
  for (let i = 0; i < 20; i++) server.names.set(`stuck${i}.example`, "nothing");
  server.names.set("fine.example", { addresses: ["127.0.0.1"] });
  const g = await gateway({ DNS_SERVERS: server.address });
  // So that the word on each is the resolver's, however busy the machine is.
  const patient = { limits: { connectTimeoutMs: 20_000 } };
  for (let i = 0; i < 20; i++) {
    const stuck = pizza([named(`stuck${i}.example`, fine)], {}, patient);
    await g.deploy({ ...stuck, name: `Stuck${i}`, context: `/stuck${i}` });
  }
  const other = pizza([named("fine.example", fine)], {}, patient);
  await g.deploy({ ...other, name: "Fine", context: "/fine" });
  let waiting = 20;
  const stuck = Array.from({ length: 20 }, async (_, i) => {
    const answer = await send(`${g.url}/stuck${i}/1.0.0/menu`);
    waiting--;
    return answer;
  });
  await expect.poll(() => new Set(server.asked).size).toBe(20);
  for (let i = 0; i < 10; i++) expect((await send(`${g.url}/fine/1.0.0/menu`)).status).toBe(200);
  expect(waiting).toBe(20);
  for (const answer of await Promise.all(stuck)) expect(JSON.parse(answer.body).code).toBe("101503");
  const { apis } = await g.status();
  for (const api of apis) {
    const [only] = api.endpoints;
    if (api.name === "Fine") expect(only).toMatchObject({ state: "up", lastError: null });
    else expect(only?.lastError?.words).toBe("unknown host (the name server does not answer)");
  }
});

test("names that do not exist, have no address or cannot be looked up are told apart", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  server.names.set("empty.example", { addresses: [] });
  server.names.set("failing.example", "servfail");
  const g = await gateway({ DNS_SERVERS: server.address });
  for (const [name, words] of [
    ["unknown.example", "unknown host"],
    ["empty.example", "unknown host (the name has no address)"],
    ["failing.example", "unknown host (the name server failed)"],
  ] as const) {
    await g.deploy(pizza([named(name, one)]));
    expect((await hit(g)).code).toBe("101503");
    expect((await endpoint(g, "ep-1")).lastError?.words).toBe(words);
    expect(server.asked).toContain(name);
  }
});

test("what was known serves on while name servers do not answer", async ({ backend, gateway }) => {
  const one = await backend("one");
  server.names.set("one.example", { addresses: ["127.0.0.1"], ttl: 0 });
  const g = await gateway({ DNS_SERVERS: server.address });
  await g.deploy(pizza([named("one.example", one)]));
  expect((await hit(g)).by).toBe("one");
  server.names.set("one.example", "nothing");
  // Its time is over after a second; each of these is a connection of its own.
  await expect
    .poll(async () => {
      await one.kill();
      await one.restart();
      expect((await hit(g)).by).toBe("one");
      return server.asked.length;
    })
    .toBeGreaterThan(2);
  expect(await stateOf(g, "ep-1")).toBe("up");
});

test("localhost needs no name server", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway({ DNS_SERVERS: server.address });
  await g.deploy(pizza([named("localhost", one)]));
  expect((await hit(g)).by).toBe("one");
  expect(server.asked).toEqual([]);
});

test("all connections go by these names: TLS, HTTP/2, WebSockets, checks, and those for keys", async ({
  backend,
  database,
  gateway,
}) => {
  server.names.set("one.example", { addresses: ["127.0.0.1"] });
  server.names.set("keys.example", "servfail");
  const g = await gateway({ DNS_SERVERS: server.address });
  const sockets = new WebSocketServer({ noServer: true });
  const speaking: BackendOptions = {
    upgrade: (req, socket, head) => sockets.handleUpgrade(req, socket, head, (ws) => ws.send("hello")),
  };
  const plain = await backend("plain", speaking);
  const tls = await backend("tls", { ...speaking, tls: certificate });
  const h2 = createSecureServer({ key: certificate.key, cert: certificate.cert });
  h2.on("stream", (stream) => {
    stream.respond({ ":status": 200 });
    stream.end("over HTTP/2");
  });
  h2.listen(0, "127.0.0.1");
  await once(h2, "listening");
  const { port } = h2.address() as AddressInfo;

  const deploy = (one: { url: string }, group: object = {}, settings: object = {}) => {
    const each = { settings: { verifyTls: false, ...settings } };
    return g.deploy(pizza([named("one.example", one)], { ...group, each }));
  };
  for (const one of [plain, tls]) {
    await deploy(one);
    expect((await hit(g)).by).toBe(one.name);
    const ws = new WebSocket(`${g.url.replace("http", "ws")}/pizza/1.0.0/live`);
    const [message] = (await once(ws, "message")) as [Buffer];
    expect(message.toString()).toBe("hello");
    ws.terminate();
  }
  await deploy({ url: `https://127.0.0.1:${port}` }, {}, { http2: true });
  expect((await hit(g)).body).toBe("over HTTP/2");
  for (const kind of ["http", "tcp"] as const) {
    const healthCheck = { enabled: true, kind, expected: "200", intervalMs: 100, timeoutMs: 5_000 };
    await plain.kill();
    await deploy(plain, { healthCheck });
    await expect.poll(() => stateOf(g, "ep-1")).toBe("checkFailing");
    await plain.restart();
    await expect.poll(() => stateOf(g, "ep-1")).toBe("up");
  }

  const issuer = { name: "Login", issuer: "https://login.example", jwksUrl: "http://keys.example/jwks" };
  await g.reaches((await database.issuer(issuer)).generation);
  await expect
    .poll(async () => (await g.status()).issuers[0]?.problem)
    .toContain("nknown host (the name server failed)");
  h2.close();
});

test("DNS_SERVERS that are no addresses stop the start with a sentence", async ({ gateway }) => {
  await expect(gateway({ DNS_SERVERS: "127.0.0.1, resolver" })).rejects.toThrow(
    "DNS_SERVERS must be addresses such as 10.0.0.2 or [fd00::2]:5353",
  );
});
