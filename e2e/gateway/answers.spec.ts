import { once } from "node:events";
import { connect, createServer } from "node:net";
import { expect, test } from "../fixtures";
import { certificate } from "./certificate";
import { endpoint, expectOwnAnswer, neverSuspended, pizza, rawServer, send } from "./client";

const url = (g: { url: string }) => `${g.url}/pizza/1.0.0/menu`;

test("connections that fail are 502 101503: refused, unknown host, not TLS", async ({ backend, gateway }) => {
  const gone = await backend();
  await gone.kill();
  const plain = await backend();
  const g = await gateway();
  const targets = {
    refused: gone.url,
    "unknown host": "http://no-such-host.invalid:8080",
    "not TLS": plain.url.replace("http:", "https:"),
  };
  for (const [what, target] of Object.entries(targets)) {
    await g.deploy(pizza([{ url: target }], neverSuspended));
    const answer = await send(url(g));
    expectOwnAnswer(answer, 502, "101503");
    expect(answer.body, what).not.toMatch(/no-such-host|127\.0\.0\.1|ECONN|node_modules/);
  }
});

test("an untrusted certificate is 502 101503 unless the endpoint does not verify it", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one", { tls: certificate });
  const g = await gateway();
  await g.deploy(pizza([one], neverSuspended));
  expectOwnAnswer(await send(url(g)), 502, "101503");
  expect((await endpoint(g)).lastError?.words).toBe("TLS: its certificate is self-signed");
  await g.deploy(pizza([one], { each: { settings: { verifyTls: false } } }));
  expect(JSON.parse((await send(url(g))).body)).toMatchObject({ backend: "one" });
});

test("a connection that does not come about in time is 504 101508", async ({ gateway }) => {
  // Takes connections and never says a word, so that the TLS handshake does not end.
  const silent = await rawServer(() => {});
  const g = await gateway();
  const limits = { connectTimeoutMs: 300 };
  await g.deploy(pizza([{ url: silent.url.replace("http:", "https:") }], {}, { limits }));
  const started = Date.now();
  expectOwnAnswer(await send(url(g)), 504, "101508");
  expect(Date.now() - started).toBeGreaterThanOrEqual(290);
  silent.close();
});

test("a backend that does not answer in time is 504 101504", async ({ backend, gateway }) => {
  const one = await backend();
  one.hang();
  const g = await gateway();
  await g.deploy(pizza([one], {}, { limits: { responseTimeoutMs: 300 } }));
  const started = Date.now();
  expectOwnAnswer(await send(url(g)), 504, "101504");
  expect(Date.now() - started).toBeGreaterThanOrEqual(290);
  // The attempt is over for the backend too.
  await expect.poll(() => one.requests[0]?.aborted).toBe(true);
});

test("a backend that hangs up before it answers is 502 101505", async ({ gateway }) => {
  const behaviours = {
    "orderly end": (socket: import("node:net").Socket) => socket.end(),
    reset: (socket: import("node:net").Socket) => socket.resetAndDestroy(),
    "half a head": (socket: import("node:net").Socket) => socket.end("HTTP/1.1 200 OK\r\nContent-"),
  };
  const g = await gateway();
  for (const [what, behave] of Object.entries(behaviours)) {
    const one = await rawServer((socket) => socket.once("data", () => behave(socket)));
    await g.deploy(pizza([one], neverSuspended));
    const answer = await send(url(g));
    expect(answer.status, what).toBe(502);
    expectOwnAnswer(answer, 502, "101505");
    one.close();
  }
});

test("an answer that is not HTTP is 502 101506", async ({ gateway }) => {
  const answers = {
    banner: "220 mail.example ESMTP ready\r\n",
    "two lengths": "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok!",
    "length and chunked":
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "an upgrade nobody asked for":
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n",
    "header of 1 MB": `HTTP/1.1 200 OK\r\nX-Large: ${"x".repeat(1_000_000)}\r\n\r\n`,
  };
  const g = await gateway();
  for (const [what, text] of Object.entries(answers)) {
    const one = await rawServer((socket) => socket.once("data", () => socket.write(text)));
    await g.deploy(pizza([one], neverSuspended));
    const answer = await send(url(g));
    expect(`${answer.status} ${answer.body}`, what).toMatch(/^502 .*"101506"/);
    one.close();
  }
});

test("no ready endpoint is 503 with Retry-After: 303001 for a single endpoint, 303000 for a group", async ({
  backend,
  gateway,
}) => {
  const [one, two] = [await backend(), await backend()];
  const g = await gateway();
  const off = { each: { state: "off" as const } };
  await g.deploy(pizza([one], off));
  const single = await send(url(g));
  expectOwnAnswer(single, 503, "303001");
  expect(Number(single.headers["retry-after"])).toBeGreaterThanOrEqual(1);
  await g.deploy(pizza([one, two], { ...off, routing: "loadBalanced" }));
  const group = await send(url(g));
  expectOwnAnswer(group, 503, "303000");
  expect(Number(group.headers["retry-after"])).toBeGreaterThanOrEqual(1);
  expect([...one.requests, ...two.requests]).toEqual([]);
});

test("a body over the API's limit is 413 102511, whether its length is announced or not", async ({
  backend,
  gateway,
}) => {
  const one = await backend();
  const g = await gateway();
  await g.deploy(pizza([one], {}, { limits: { maxBodyBytes: 1000 } }));
  const body = (size: number) => "x".repeat(size);
  expect((await send(url(g), { method: "POST", body: body(1000) })).status).toBe(200);
  expectOwnAnswer(await send(url(g), { method: "POST", body: body(1001) }), 413, "102511");
  const chunked = { "Transfer-Encoding": "chunked" };
  expect((await send(url(g), { method: "POST", headers: chunked, body: body(1000) })).status).toBe(200);
  expectOwnAnswer(await send(url(g), { method: "POST", headers: chunked, body: body(1001) }), 413, "102511");
  expect(await endpoint(g)).toMatchObject({ failures: 0, inFlight: 0 });
});

test("a caller that sends much more than the limit still gets to read the 413", async ({
  backend,
  gateway,
}) => {
  const one = await backend();
  const g = await gateway();
  await g.deploy(pizza([one], {}, { limits: { maxBodyBytes: 1000 } }));
  const body = Buffer.alloc(8 * 1024 * 1024, "x");
  expect((await send(url(g), { method: "POST", body })).status).toBe(413);
  const headers = { "Transfer-Encoding": "chunked" };
  expect((await send(url(g), { method: "POST", headers, body })).status).toBe(413);

  // Most clients look for an answer only when they have sent everything.
  const { hostname, port } = new URL(g.url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  const head = `POST /pizza/1.0.0/menu HTTP/1.1\r\nHost: ${hostname}\r\nContent-Length: ${body.length}\r\n\r\n`;
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.write(head);
    socket.write(body, (error) => (error ? reject(error) : resolve()));
  });
  const [answer] = await once(socket, "data");
  expect(String(answer)).toMatch(/^HTTP\/1.1 413 /);
  await once(socket, "close");
});

test("SOAP callers get the gateway's answers as faults of their SOAP version", async ({
  backend,
  gateway,
}) => {
  const gone = await backend();
  await gone.kill();
  const g = await gateway();
  await g.deploy(pizza([gone], neverSuspended));
  const soap11 = await send(url(g), {
    method: "POST",
    headers: { "Content-Type": "text/xml; charset=utf-8", SOAPAction: '""' },
    body: "<x/>",
  });
  expect(soap11.status).toBe(502);
  expect(soap11.headers["content-type"]).toBe("text/xml; charset=utf-8");
  expect(soap11.body).toContain('xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"');
  expect(soap11.body).toContain("<faultcode>soapenv:Server</faultcode>");
  expect(soap11.body).toContain("<faultstring>Connection failed</faultstring>");
  expect(soap11.body).toContain("<code>101503</code>");
  expect(soap11.headers["x-request-id"]).toMatch(/./);

  const soap12 = await send(`${g.url}/unknown`, {
    method: "POST",
    headers: { "Content-Type": 'application/soap+xml; action="a"' },
    body: "<x/>",
  });
  expect(soap12.status).toBe(404);
  expect(soap12.headers["content-type"]).toBe("application/soap+xml; charset=utf-8");
  expect(soap12.body).toContain('xmlns:soapenv="http://www.w3.org/2003/05/soap-envelope"');
  expect(soap12.body).toContain("<soapenv:Value>soapenv:Sender</soapenv:Value>");

  // XML alone is not SOAP.
  const xml = await send(url(g), {
    method: "POST",
    headers: { "Content-Type": "application/xml" },
    body: "<x/>",
  });
  expectOwnAnswer(xml, 502, "101503");
});

test("every answer carries a request id, the gateway's own too", async ({ backend, gateway }) => {
  const one = await backend();
  const g = await gateway();
  await g.deploy(pizza([one], {}, { resources: [{ method: "GET", path: "/menu" }] }));
  const requests: [string, string][] = [
    ["GET", "/pizza/1.0.0/menu"],
    ["GET", "/pizza/1.0.0/other"],
    ["POST", "/pizza/1.0.0/menu"],
    ["OPTIONS", "/pizza/1.0.0/menu"],
    ["GET", "/"],
  ];
  for (const [method, path] of requests) {
    const answer = await send(g.url + path, { method, headers: { "X-Request-ID": "from-the-caller" } });
    expect(answer.headers["x-request-id"], `${method} ${path}`).toBe("from-the-caller");
  }
});

test("HEAD gets the gateway's answers without their body", async ({ gateway }) => {
  const g = await gateway();
  const answer = await send(`${g.url}/unknown`, { method: "HEAD" });
  expect(answer.status).toBe(404);
  expect(Number(answer.headers["content-length"])).toBeGreaterThan(0);
  expect(answer.bytes).toHaveLength(0);
});

test("an address that nothing can be reached at is 502 101503", async ({ gateway }) => {
  // A port that was open a moment ago and has no listener any more.
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as import("node:net").AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const g = await gateway();
  await g.deploy(pizza([{ url: `http://[::1]:${port}` }], neverSuspended));
  expectOwnAnswer(await send(url(g)), 502, "101503");
});
