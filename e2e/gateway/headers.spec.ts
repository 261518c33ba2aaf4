import { expect, test } from "../fixtures";
import { exchange, pizza, send } from "./client";

/** Values of every field of this name, in order. */
function fields(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1]!.toLowerCase() === name);
}

test("end-to-end headers reach the backend as they were sent, repeated ones too", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one]));
  const headers = [
    "Host",
    "gw",
    "X-TaBle",
    "7",
    "Accept",
    "a/b",
    "Accept",
    "c/d",
    "X-Empty",
    "",
    "X-Text",
    "caf\xe9",
  ];
  await send(`${g.url}/pizza/1.0.0/`, { headers });
  const { rawHeaders } = one.requests[0]!;
  expect(rawHeaders).toContain("X-TaBle");
  expect(fields(rawHeaders, "x-table")).toEqual(["7"]);
  expect(fields(rawHeaders, "accept")).toEqual(["a/b", "c/d"]);
  expect(fields(rawHeaders, "x-empty")).toEqual([""]);
  expect(fields(rawHeaders, "x-text")).toEqual(["caf\xe9"]);
});

test("hop-by-hop headers and those that Connection names stop at the gateway, in both directions", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one", {
    handler: (_, res) => {
      res.writeHead(200, [
        ...["Connection", "keep-alive, X-Backend-Hop", "Keep-Alive", "timeout=99", "X-Backend-Hop", "1"],
        ...["Proxy-Authenticate", "Basic", "Upgrade", "foo", "X-End", "2"],
      ]);
      res.end();
    },
  });
  const g = await gateway();
  await g.deploy(pizza([one]));
  const answer = await send(`${g.url}/pizza/1.0.0/`, {
    headers: {
      Host: "gw",
      Connection: "close, X-Hop, authorization",
      "X-Hop": "1",
      Authorization: "secret",
      "Keep-Alive": "timeout=9",
      TE: "trailers",
      "Proxy-Authorization": "Basic eDp5",
      "Proxy-Connection": "keep-alive",
      "X-End": "2",
    },
  });
  const got = one.requests[0]!.headers;
  for (const name of ["x-hop", "authorization", "te", "proxy-authorization", "proxy-connection", "upgrade"]) {
    expect(got[name], name).toBeUndefined();
  }
  expect(got["keep-alive"]).not.toBe("timeout=9");
  expect(got["x-end"]).toBe("2");
  expect(answer.headers["x-backend-hop"]).toBeUndefined();
  expect(answer.headers["proxy-authenticate"]).toBeUndefined();
  expect(answer.headers.upgrade).toBeUndefined();
  expect(answer.headers["keep-alive"]).not.toBe("timeout=99");
  expect(answer.headers["x-end"]).toBe("2");
});

test("Connection cannot name away the length of a body", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one]));
  const answer = await send(`${g.url}/pizza/1.0.0/`, {
    method: "POST",
    headers: { Connection: "close, content-length", "Content-Length": "5" },
    body: "hello",
  });
  expect(answer.status).toBe(200);
  expect(one.requests[0]?.headers["content-length"]).toBe("5");
  expect(one.requests[0]?.body).toBe("hello");
});

test("a forged X-Forwarded-For is replaced by the peer", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one]));
  await send(`${g.url}/pizza/1.0.0/`, {
    headers: {
      Host: "shop.example:8080",
      "X-Forwarded-For": "203.0.113.9",
      "X-Forwarded-Proto": "https",
      "X-Forwarded-Host": "forged.example",
      Forwarded: "for=203.0.113.9;host=forged.example;proto=https",
    },
  });
  expect(one.requests[0]?.headers).toMatchObject({
    "x-forwarded-for": "127.0.0.1",
    "x-forwarded-proto": "http",
    "x-forwarded-host": "shop.example:8080",
    forwarded: 'for=127.0.0.1;host="shop.example:8080";proto=http',
  });
});

test.describe(() => {
  test.use({ installation: "own" });

  test("a trusted proxy's forwarding headers are believed, and the peer is added last", async ({
    backend,
    gateway,
  }) => {
    const one = await backend("one");
    const g = await gateway({ GATEWAY_TRUSTED_PROXIES: "10.0.0.0/8, 127.0.0.1" });
    await g.deploy(pizza([one]));
    await send(`${g.url}/pizza/1.0.0/`, {
      headers: {
        Host: "inner",
        "X-Forwarded-For": "203.0.113.9, 10.1.2.3",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "shop.example",
        Forwarded: "for=203.0.113.9;proto=https",
      },
    });
    expect(one.requests[0]?.headers).toMatchObject({
      "x-forwarded-for": "203.0.113.9, 10.1.2.3, 127.0.0.1",
      "x-forwarded-proto": "https",
      "x-forwarded-host": "shop.example",
      forwarded: "for=203.0.113.9;proto=https, for=127.0.0.1;host=shop.example;proto=https",
    });
    // The access log names the first one that is not a trusted proxy, seen from here.
    await expect.poll(() => g.output()).toContain('"client":"203.0.113.9"');
  });
});

test("Host is the backend's own, or the caller's where the API keeps it", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one]));
  const headers = { Host: "shop.example" };
  await send(`${g.url}/pizza/1.0.0/`, { headers });
  expect(one.requests[0]?.headers.host).toBe(`127.0.0.1:${one.port}`);
  await g.deploy(pizza([one], {}, { preserveHost: true }));
  await send(`${g.url}/pizza/1.0.0/`, { headers });
  expect(one.requests[1]?.headers.host).toBe("shop.example");
});

test("cookies pass in both directions, several of them too", async ({ backend, gateway }) => {
  const one = await backend("one", {
    handler: (_, res) => res.writeHead(200, { "Set-Cookie": ["a=1; Path=/", "b=2; HttpOnly"] }).end(),
  });
  const g = await gateway();
  await g.deploy(pizza([one]));
  const answer = await send(`${g.url}/pizza/1.0.0/`, {
    headers: ["Host", "gw", "Cookie", "x=1; y=2", "Cookie", "z=3"],
  });
  expect(one.requests[0]?.headers.cookie).toBe("x=1; y=2; z=3");
  expect(answer.headers["set-cookie"]).toEqual(["a=1; Path=/", "b=2; HttpOnly"]);
});

test("a request id is made, or kept from the caller when it is well formed", async ({ backend, gateway }) => {
  const one = await backend("one", {
    handler: (_, res) => res.setHeader("X-Request-ID", "backend-own").end(),
  });
  const g = await gateway();
  await g.deploy(pizza([one]));
  const url = `${g.url}/pizza/1.0.0/`;
  const ids = [await send(url), await send(url)].map((answer) => answer.headers["x-request-id"]);
  expect(ids[0]).toMatch(/^[\w-]{8,}$/);
  expect(ids[1]).not.toBe(ids[0]);
  expect(one.requests.map((r) => r.headers["x-request-id"])).toEqual(ids);

  const kept = await send(url, { headers: { "X-Request-ID": "order-4711:a" } });
  expect(kept.rawHeaders.filter((h) => h.toLowerCase() === "x-request-id")).toHaveLength(1);
  expect(kept.headers["x-request-id"]).toBe("order-4711:a");
  expect(one.requests[2]?.headers["x-request-id"]).toBe("order-4711:a");

  for (const bad of ["short", `x${"y".repeat(200)}`, 'quote"and space', "a{b}c$(d)"]) {
    const answer = await send(url, { headers: { "X-Request-ID": bad } });
    expect(answer.headers["x-request-id"], bad).not.toBe(bad);
    expect(answer.headers["x-request-id"], bad).toMatch(/./);
  }
});

test("Expect: 100-continue is answered by the gateway and not passed on", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one]));
  const head = "POST /pizza/1.0.0/ HTTP/1.1\r\nHost: gw\r\nConnection: close\r\nContent-Length: 2\r\n";
  const received = await exchange(g.url, `${head}Expect: 100-continue\r\n\r\nok`);
  expect(received).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
  expect(one.requests[0]?.headers.expect).toBeUndefined();
  expect(one.requests[0]?.body).toBe("ok");
  // An expectation that nobody knows changes nothing.
  const other = await exchange(g.url, `${head}Expect: pizza\r\n\r\nok`);
  expect(other).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
});

test("an upgrade to something the gateway does not speak is ignored", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one]));
  // What Java's HttpClient sends with its first request.
  const asks =
    "Host: gw\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAA\r\n";
  const next = "GET /pizza/1.0.0/next HTTP/1.1\r\nHost: gw\r\nConnection: close\r\n\r\n";
  const get = await exchange(g.url, `GET /pizza/1.0.0/order HTTP/1.1\r\n${asks}\r\n${next}`);
  expect(get.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
  const post = `POST /pizza/1.0.0/order HTTP/1.1\r\n${asks}`;
  for (const [framing, body] of [
    ["Content-Length: 5", "hello"],
    ["Transfer-Encoding: chunked", "5\r\nhello\r\n0\r\n\r\n"],
  ]) {
    one.requests.length = 0;
    const received = await exchange(g.url, `${post}${framing}\r\n\r\n${body}${next}`);
    // Where node has read the body, it alone knows where the next request begins; then that answer is the last.
    const isLast = received.split("\r\n\r\n", 1)[0]!.includes("\r\nConnection: close");
    expect(received.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(isLast ? 1 : 2);
    const [order, after] = one.requests;
    expect(order).toMatchObject({ method: "POST", url: "/order", body: "hello" });
    expect(order!.headers.upgrade).toBeUndefined();
    expect(order!.headers["http2-settings"]).toBeUndefined();
    if (after) expect(after).toMatchObject({ method: "GET", url: "/next", body: "" });
  }
});
