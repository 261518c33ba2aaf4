import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { readFile, rename, stat, writeFile } from "node:fs/promises";
import { Agent, request } from "node:https";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { WebSocket, WebSocketServer } from "ws";
import { expect, type Gateway, test } from "../fixtures";
import { freePort } from "../ports";
import { run } from "../processes";
import { certificate, endingIn, expired, other } from "./certificate";
import { expectOwnAnswer, pizza, send, wire } from "./client";

const menu = (g: Gateway) => `${g.httpsUrl}/pizza/1.0.0/menu`;

test.use({ installation: "own" });

test.describe(() => {
  test.use({ ownCertificate: true });

  test("a self-signed certificate that ends within 30 days is renewed while the gateway runs", async ({
    backend,
    database,
    gateway,
  }) => {
    const one = await backend("one");
    const g = await gateway();
    await g.deploy(pizza([one]));
    const [crt, key] = [join(database.folder, "sluice.crt"), join(database.folder, "sluice.key")];
    const text = await readFile(key, "utf8");
    // As if two years had passed.
    const old = await endingIn(29, text);
    await writeFile(`${crt}.new`, old);
    await rename(`${crt}.new`, crt);
    const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
    await expect.poll(g.output).toContain("is in use from now on");
    const { serialNumber } = await serial(g, agent);
    const expiresAt = async () => Date.parse((await g.status()).tls?.expiresAt ?? "");
    await expect.poll(expiresAt).toBeGreaterThan(Date.now() + 700 * 86_400_000);
    expect((await g.status()).tls).toMatchObject({ selfSigned: true, problem: null });
    expect(await readFile(key, "utf8")).toBe(text);
    const made = await readFile(crt, "utf8");
    expect((await send(menu(g), { tls: { ca: made } })).status).toBe(200);
    expect((await serial(g)).serialNumber).toBe(new X509Certificate(made).serialNumber);
    expect(serialNumber).not.toBe(new X509Certificate(made).serialNumber);
    expect(await serial(g, agent)).toEqual({ serialNumber, reused: true });
    expect((await stat(crt)).mode & 0o777).toBe(0o644);
    agent.destroy();
  });

  test("the gateway makes a certificate of its own beside the database, once, that verifies", async ({
    backend,
    database,
    gateway,
  }) => {
    const one = await backend("one");
    const g = await gateway();
    await g.deploy(pizza([one]));
    const ca = await readFile(join(database.folder, "sluice.crt"), "utf8");
    for (const host of ["127.0.0.1", "localhost", "[::1]"]) {
      const answer = await send(menu(g).replace("127.0.0.1", host), { tls: { ca } });
      expect(answer.status, host).toBe(200);
    }
    const leaf = new X509Certificate(ca);
    expect(leaf.subjectAltName).toBe("DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1");
    expect((Date.parse(leaf.validTo) - Date.now()) / 86_400_000).toBeCloseTo(730, 0);
    expect((await stat(join(database.folder, "sluice.key"))).mode & 0o777).toBe(0o600);
    expect((await g.status()).tls).toEqual({
      expiresAt: new Date(leaf.validTo).toISOString(),
      selfSigned: true,
      problem: null,
    });
    await g.stop();
    await gateway();
    expect(await readFile(join(database.folder, "sluice.crt"), "utf8")).toBe(ca);
  });

  test("gateways that start together end with one pair that matches", async ({ database, gateway }) => {
    const gateways = await Promise.all([gateway(), gateway(), gateway()]);
    const ca = await readFile(join(database.folder, "sluice.crt"), "utf8");
    for (const g of gateways) expect((await send(menu(g), { tls: { ca } })).status).toBe(404);
  });

  test("a self-signed certificate whose time is over is made anew, under the same key", async ({
    database,
    gateway,
  }) => {
    const [crt, key] = [join(database.folder, "sluice.crt"), join(database.folder, "sluice.key")];
    await writeFile(crt, expired.cert);
    await writeFile(key, expired.key);
    const g = await gateway();
    const made = new X509Certificate(await readFile(crt));
    expect(made.subject).toBe("CN=Sluice gateway");
    expect(made.publicKey.equals(new X509Certificate(expired.cert).publicKey)).toBe(true);
    expect(await readFile(key, "utf8")).toBe(expired.key);
    expect((await g.status()).tls?.problem).toBeNull();
  });
});

/** The serial number of the certificate that a request finds, and whether its connection is one from before. */
async function serial(g: Gateway, over?: Agent): Promise<{ serialNumber: string; reused: boolean }> {
  const options = { agent: over ?? false, rejectUnauthorized: false } as const;
  const req = request(menu(g), options).end();
  const [res] = (await once(req, "response")) as [import("node:http").IncomingMessage];
  const { serialNumber } = (res.socket as import("node:tls").TLSSocket).getPeerCertificate();
  res.resume();
  await once(res, "end");
  return { serialNumber, reused: req.reusedSocket };
}

test.describe(() => {
  test.use({ installation: "common" });

  test("what reaches the backend over TLS says so, and the session cookie is secure", async ({
    backend,
    gateway,
  }) => {
    const [one, two] = [await backend("one"), await backend("two")];
    const g = await gateway();
    await g.deploy(pizza([one, two], { routing: "loadBalanced", session: { kind: "transport" } }));
    const secure = await send(menu(g));
    expect(secure.headers["set-cookie"]?.[0]).toContain("; Secure");
    const seen = [...one.requests, ...two.requests][0]!;
    expect(seen.headers["x-forwarded-proto"]).toBe("https");
    expect(seen.headers.forwarded).toContain("proto=https");
    const plain = await send(menu(g).replace(g.httpsUrl, g.url));
    expect(plain.headers["set-cookie"]?.[0]).not.toContain("Secure");
  });

  test("headers and framing are limited behind TLS as without", async ({ backend, gateway }) => {
    const one = await backend("one");
    const g = await gateway();
    await g.deploy(pizza([one]));
    expectOwnAnswer(await send(menu(g), { headers: { "X-Large": "x".repeat(17_000) } }), 431, "102512");
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`X-${i}`, "1"]));
    expectOwnAnswer(await send(menu(g), { headers: many }), 431, "102512");
    const { port } = new URL(g.httpsUrl);
    const socket = connectTls({ host: "127.0.0.1", port: Number(port), rejectUnauthorized: false });
    let received = "";
    socket.on("data", (chunk: Buffer) => {
      received += chunk;
    });
    socket.write("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n");
    await once(socket, "close");
    expect(received).toMatch(/^HTTP\/1\.1 400 /);
    expect(one.requests).toHaveLength(0);
  });

  test("old TLS and what is no TLS are cut, and the next caller is served", async ({ backend, gateway }) => {
    const one = await backend("one");
    const g = await gateway();
    await g.deploy(pizza([one]));
    await expect(send(menu(g), { tls: { minVersion: "TLSv1", maxVersion: "TLSv1.1" } })).rejects.toThrow();
    const plain = await wire(g.httpsUrl);
    plain.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    expect(await plain.closed).not.toContain("HTTP/1.1");
    for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
      const tls = { minVersion: version, maxVersion: version };
      expect((await send(menu(g), { tls })).status).toBe(200);
    }
  });

  test("WebSockets work over TLS", async ({ backend, gateway }) => {
    const sockets = new WebSocketServer({ noServer: true });
    const one = await backend("one", {
      upgrade: (req, socket, head) => sockets.handleUpgrade(req, socket, head, (ws) => ws.send("hello")),
    });
    const g = await gateway();
    await g.deploy(pizza([one]));
    const ws = new WebSocket(menu(g).replace("https", "wss"), { rejectUnauthorized: false });
    const [message] = (await once(ws, "message")) as [Buffer];
    expect(message.toString()).toBe("hello");
    expect(one.requests).toHaveLength(0);
    ws.terminate();
  });
});

test("an API answers on the transports that it has, and names the other one where it has not", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway({ GATEWAY_TRUSTED_PROXIES: "127.0.0.1" });
  await g.deploy(pizza([one], {}, { transports: { http: false, https: true } }));
  expect((await send(menu(g))).status).toBe(200);
  const plain = menu(g).replace(g.httpsUrl, g.url);
  const refused = await send(plain);
  expectOwnAnswer(refused, 404, "404");
  expect(refused.body).toContain("not available over HTTP. Call it over HTTPS.");
  expect((await send(plain, { headers: { "X-Forwarded-Proto": "https" } })).status).toBe(200);
  await g.deploy(pizza([one], {}, { transports: { http: true, https: false } }));
  expect((await send(menu(g))).body).toContain("not available over HTTPS. Call it over HTTP.");
  expect((await send(plain)).status).toBe(200);
});

test("a port that is off is not opened", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway({ GATEWAY_HTTP_PORT: "off" });
  await g.deploy(pizza([one]));
  expect((await g.status()).urls.http).toBeNull();
  expect((await send(menu(g))).status).toBe(200);
  await expect(send(g.url)).rejects.toThrow("ECONNREFUSED");
  const other = await gateway({ GATEWAY_HTTPS_PORT: "off" });
  expect(await other.status()).toMatchObject({ urls: { https: null }, tls: null });
  expect((await send(`${other.url}/pizza/1.0.0/menu`)).status).toBe(200);
});

test("new certificate files are used without dropping a connection; broken ones are not", async ({
  backend,
  database,
  gateway,
}) => {
  const one = await backend("one");
  const [cert, key] = [join(database.folder, "own.crt"), join(database.folder, "own.key")];
  await writeFile(cert, certificate.cert);
  await writeFile(key, certificate.key);
  const g = await gateway({ GATEWAY_TLS_CERT: cert, GATEWAY_TLS_KEY: key });
  await g.deploy(pizza([one]));
  const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
  const old = await serial(g, agent);
  await writeFile(`${key}.new`, other.key);
  await writeFile(`${cert}.new`, other.cert);
  await rename(`${key}.new`, key);
  await expect.poll(async () => (await g.status()).tls?.problem).toContain("does not belong");
  expect((await serial(g)).serialNumber).toBe(old.serialNumber);
  await rename(`${cert}.new`, cert);
  await expect.poll(async () => (await g.status()).tls?.problem).toBeNull();
  expect((await serial(g)).serialNumber).not.toBe(old.serialNumber);
  expect(await serial(g, agent)).toEqual({ serialNumber: old.serialNumber, reused: true });
  await writeFile(cert, "nonsense");
  await expect
    .poll(async () => (await g.status()).tls?.problem)
    .toContain("The certificate from before stays in use.");
  expect((await serial(g)).serialNumber).not.toBe(old.serialNumber);
  agent.destroy();
});

test("an expired certificate serves with a warning", async ({ backend, database, gateway }) => {
  const one = await backend("one");
  const [cert, key] = [join(database.folder, "own.crt"), join(database.folder, "own.key")];
  await writeFile(cert, expired.cert);
  await writeFile(key, expired.key);
  const g = await gateway({ GATEWAY_TLS_CERT: cert, GATEWAY_TLS_KEY: key });
  await g.deploy(pizza([one]));
  expect((await send(menu(g))).status).toBe(200);
  expect((await g.status()).tls?.problem).toBe("The TLS certificate expired on 2020-01-11.");
  expect(g.output()).toContain("TLS: The TLS certificate expired on 2020-01-11.");
});

test("a certificate that ends within 30 days is told in the log, in /status and in /metrics", async ({
  database,
  gateway,
}) => {
  const [cert, key] = [join(database.folder, "own.crt"), join(database.folder, "own.key")];
  const ending = await endingIn(10.5, certificate.key);
  await writeFile(cert, ending);
  await writeFile(key, certificate.key);
  const g = await gateway({ GATEWAY_TLS_CERT: cert, GATEWAY_TLS_KEY: key });
  const end = new Date(new X509Certificate(ending).validTo);
  const words = `The TLS certificate ends on ${end.toISOString().slice(0, 10)}, in 10 days.`;
  expect((await g.status()).tls).toEqual({ expiresAt: end.toISOString(), selfSigned: false, problem: words });
  expect(g.output()).toContain(`TLS: ${words}`);
  const metrics = await (await fetch(`${g.adminUrl}/metrics`)).text();
  expect(metrics).toContain(`\nsluice_tls_certificate_not_after_timestamp_seconds ${end.getTime() / 1000}\n`);
  // Once a day: the files are looked at every second, and this is at a look after the first.
  await writeFile(cert, certificate.cert);
  await expect.poll(async () => (await g.status()).tls?.problem).toBeNull();
  expect(g.output().split(words)).toHaveLength(2);
});

const mistakes: [string, (folder: string) => Promise<Record<string, string>>, string][] = [
  [
    "only one of the two files",
    async (f) => ({ GATEWAY_TLS_CERT: join(f, "a") }),
    "GATEWAY_TLS_KEY is missing",
  ],
  [
    "a file that is not there",
    async (f) => ({ GATEWAY_TLS_CERT: join(f, "no.crt"), GATEWAY_TLS_KEY: join(f, "no.key") }),
    "no.crt is missing: there is no such file.",
  ],
  [
    "a key of another certificate",
    async (f) => {
      await writeFile(join(f, "a.crt"), certificate.cert);
      await writeFile(join(f, "a.key"), expired.key);
      return { GATEWAY_TLS_CERT: join(f, "a.crt"), GATEWAY_TLS_KEY: join(f, "a.key") };
    },
    "does not belong to the certificate",
  ],
  [
    "both ports off",
    async () => ({ GATEWAY_HTTP_PORT: "off", GATEWAY_HTTPS_PORT: "off" }),
    "GATEWAY_HTTP_PORT and GATEWAY_HTTPS_PORT are both off",
  ],
  [
    "a port that is none",
    async () => ({ GATEWAY_HTTPS_PORT: "no" }),
    "must be a port from 1 to 65535, or off",
  ],
];
for (const [what, make, sentence] of mistakes) {
  test(`${what} stops the start with a sentence`, async ({ database, processes }) => {
    const ports = {
      GATEWAY_HTTP_PORT: String(await freePort()),
      GATEWAY_HTTPS_PORT: String(await freePort()),
    };
    const env = { ...ports, GATEWAY_ADMIN_PORT: String(await freePort()), ...(await make(database.folder)) };
    const gateway = run("gateway", { DATABASE_URL: database.url, ...env });
    processes.push(gateway);
    expect(await gateway.exited).toBe(1);
    expect(gateway.output()).toContain(sentence);
  });
}
