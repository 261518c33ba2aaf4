import { once } from "node:events";
import { connect } from "node:http2";
import type { AddressInfo } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import { WebSocket } from "ws";
import { expect, test } from "../fixtures";
import { certificate } from "./certificate";
import { exchange, pizza, send, statuses } from "./client";
import { hit } from "./traffic";

/** Hosts of endpoints as URLs write them, and what callers and proxies say of addresses. */

test.describe("an endpoint over TLS", () => {
  for (const [what, host, listensAt] of [
    ["at an IPv6 address", "[::1]", "::1"],
    ["at an IPv4 address", "127.0.0.1", "127.0.0.1"],
    ["whose name ends with a dot", "localhost.", "127.0.0.1"],
  ] as const) {
    test(`${what} is asked by its own name, in requests, checks and WebSockets`, async ({ gateway }) => {
      const names: unknown[] = [];
      const server = createServer(certificate, (socket: TLSSocket) => {
        names.push(socket.servername);
        socket.on("error", () => {});
        socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
      }).listen(0, listensAt);
      await once(server, "listening");
      const url = `https://${host}:${(server.address() as AddressInfo).port}`;
      const g = await gateway();
      const settings = { verifyTls: false };
      const healthCheck = { enabled: true, path: "/up", intervalMs: 1_000 };
      await g.deploy(pizza([{ url }], { each: { settings }, healthCheck }));
      expect((await send(`${g.url}/pizza/1.0.0/menu`)).body).toBe("ok");
      const ws = new WebSocket(`${g.url.replace("http", "ws")}/pizza/1.0.0/live`);
      ws.on("error", () => {});
      await once(ws, "unexpected-response");
      const body = JSON.stringify({ url, verifyTls: false });
      const check = await fetch(`${g.adminUrl}/check`, { method: "POST", body });
      expect(await check.json()).toMatchObject({ state: "up" });
      await expect.poll(() => names.length).toBeGreaterThanOrEqual(4);
      // An address is no name (RFC 6066, section 3).
      const name = host === "localhost." ? "localhost" : false;
      expect(new Set(names)).toEqual(new Set([name]));
      server.close();
    });
  }
});

test("a certificate is checked for the address or name that the URL has", async ({ database, gateway }) => {
  const server = createServer(certificate, (socket: TLSSocket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const g = await gateway();
  for (const host of ["127.0.0.1", "localhost", "localhost."]) {
    const origin = `https://${host}:${(server.address() as AddressInfo).port}`;
    await database.trust({ origin, alias: host, certificate: certificate.cert });
    await g.deploy(pizza([{ url: origin }]));
    expect((await send(`${g.url}/pizza/1.0.0/menu`)).body, host).toBe("ok");
  }
  server.close();
});

test("HTTP/1.0 knows no Host, and is served without one", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  for (const preserveHost of [false, true]) {
    await g.deploy(pizza([one], {}, { preserveHost }));
    const received = await exchange(g.url, "GET /pizza/1.0.0/menu HTTP/1.0\r\n\r\n");
    expect(statuses(received)).toEqual([200]);
    const { headers } = one.requests.at(-1)!;
    expect(headers.host).toBe(new URL(one.url).host);
    expect(headers["x-forwarded-host"]).toBeUndefined();
    expect(headers.forwarded).toMatch(/^for=127\.0\.0\.1;proto=http$/);
  }
  expect(statuses(await exchange(g.url, "GET /pizza/1.0.0/menu HTTP/1.1\r\n\r\n"))).toEqual([400]);
  const twice = "GET /pizza/1.0.0/menu HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n";
  expect(statuses(await exchange(g.url, twice))).toEqual([400]);
});

test("trailers of a request, which no backend gets, are not announced to it", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one]));
  const chunked = "Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 1\r\n\r\n";
  const request = `POST /pizza/1.0.0/orders HTTP/1.1\r\nHost: gw\r\nConnection: close\r\n${chunked}`;
  expect(statuses(await exchange(g.url, request))).toEqual([200]);
  expect(one.requests[0]).toMatchObject({ body: "hi" });
  expect(one.requests[0]!.headers.trailer).toBeUndefined();
});

test.describe("a proxy in front", () => {
  test.use({ installation: "own" });

  test("ports, brackets, lists, capitals and fields sent twice are read in what it says", async ({
    backend,
    gateway,
  }) => {
    const one = await backend("one");
    const g = await gateway({ GATEWAY_TRUSTED_PROXIES: "127.0.0.1, 10.0.0.0/8, 2001:db8:ffff::/48" });
    await g.deploy(pizza([one]));
    const seen = async (headers: string[]) => {
      await hit(g, { headers: ["Host", "gw", ...headers] });
      return one.requests.at(-1)!.headers;
    };
    for (const [forwardedFor, client] of [
      ["203.0.113.7:4711", "203.0.113.7"],
      ["[2001:db8::1]:443", "2001:db8::1"],
      ["[2001:db8::1]", "2001:db8::1"],
      ["198.51.100.1, 203.0.113.7:4711, 10.0.0.9:80", "203.0.113.7"],
      ["203.0.113.7, [2001:db8:ffff::7]:443", "203.0.113.7"],
      ["::ffff:203.0.113.7", "203.0.113.7"],
      ["2001:db8::1", "2001:db8::1"],
    ] as const) {
      expect((await seen(["X-Forwarded-For", forwardedFor]))["x-real-ip"], forwardedFor).toBe(client);
    }
    for (const [values, proto] of [
      [["https"], "https"],
      [["HTTPS"], "https"],
      [["https, http"], "https"],
      [["https", "http"], "https"],
      [["http, https"], "http"],
      [["wss"], "https"],
      [["gopher"], "http"],
    ] as const) {
      const fields = values.flatMap((value) => ["X-Forwarded-Proto", value]);
      expect((await seen(fields))["x-forwarded-proto"], values.join()).toBe(proto);
    }
    const listed = await seen(["X-Forwarded-Host", "a.example, b.example", "X-Forwarded-Port", "443, 80"]);
    expect(listed["x-forwarded-host"]).toBe("a.example");
    expect(listed["x-forwarded-port"]).toBe("443");
  });
});

test("over HTTP/2 each cookie may be a field of its own", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one]));
  const session = connect(g.httpsUrl, { rejectUnauthorized: false });
  const cookie = Array.from({ length: 300 }, (_, i) => `c${i}=${i}`);
  const stream = session.request({ ":path": "/pizza/1.0.0/menu", cookie });
  const [headers] = (await once(stream, "response")) as [Record<string, unknown>];
  expect(headers[":status"]).toBe(200);
  expect(one.requests[0]!.headers.cookie).toBe(cookie.join("; "));
  session.destroy();
});
