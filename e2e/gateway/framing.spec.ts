import { expect, type Gateway, test } from "../fixtures";
import { exchange, pizza, send, statuses, wire } from "./client";

const path = "/pizza/1.0.0/";
const line = `POST ${path} HTTP/1.1\r\n`;
const head = `${line}Host: gw\r\n`;
const next = `GET ${path}smuggled HTTP/1.1\r\nHost: gw\r\n\r\n`;

/** The gateway says 400 in its own words, hangs up, and no backend sees anything. */
async function expectRefused(g: Gateway, text: string | Buffer, what: string, status = 400): Promise<void> {
  const received = await exchange(g.url, text);
  expect(statuses(received), what).toEqual([status]);
  expect(received, what).toMatch(/\r\nconnection: close\r\n/i);
  expect(received, what).toMatch(/\r\nx-request-id: ./i);
  expect(received, what).toContain('"code":"102512"');
}

test("requests whose length can be read in two ways are refused and the connection is closed", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one]));
  const framings: Record<string, string> = {
    "length and chunked": "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n",
    "chunked and length": "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n",
    "two lengths": "Content-Length: 5\r\nContent-Length: 6\r\n",
    "two equal lengths": "Content-Length: 5\r\nContent-Length: 5\r\n",
    "list of lengths": "Content-Length: 5, 5\r\n",
    "signed length": "Content-Length: +5\r\n",
    "negative length": "Content-Length: -5\r\n",
    "hexadecimal length": "Content-Length: 0x5\r\n",
    "empty length": "Content-Length: \r\n",
    "length beyond all numbers": "Content-Length: 99999999999999999999999\r\n",
    "unknown coding": "Transfer-Encoding: cow\r\n",
    "coding before chunked": "Transfer-Encoding: gzip, chunked\r\n",
    "chunked not last": "Transfer-Encoding: chunked, identity\r\n",
    "chunked twice": "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    "disguised chunked": "Transfer-Encoding: xchunked\r\n",
    "quoted chunked": 'Transfer-Encoding: "chunked"\r\n',
    "tab before the coding's name": "Transfer-Encoding\t: chunked\r\n",
    "space before the colon": "Content-Length : 5\r\n",
  };
  for (const [what, fields] of Object.entries(framings)) {
    await expectRefused(g, `${head}${fields}\r\n0\r\n\r\n${next}`, what);
  }
  expect(one.requests.map((r) => r.url)).toEqual([]);
});

test("chunked bodies that are not well formed never reach the backend as complete", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one]));
  const bodies: Record<string, string> = {
    "size is no number": "zz\r\nhello\r\n0\r\n\r\n",
    "signed size": "+5\r\nhello\r\n0\r\n\r\n",
    "prefixed size": "0x5\r\nhello\r\n0\r\n\r\n",
    "size too small": "3\r\nhello\r\n0\r\n\r\n",
    "bare LF after the size": "5\nhello\r\n0\r\n\r\n",
    "no end of the data": "5\r\nhello0\r\n\r\n",
    "size that overflows": "fffffffffffffffff\r\nhello\r\n0\r\n\r\n",
  };
  for (const [what, body] of Object.entries(bodies)) {
    await expectRefused(g, `${head}Transfer-Encoding: chunked\r\n\r\n${body}${next}`, what);
  }
  expect(one.requests.filter((r) => r.url === "/smuggled")).toEqual([]);
  await expect.poll(() => one.requests.every((r) => r.aborted)).toBe(true);
});

test("malformed request lines and header fields are 400 and the connection is closed", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one]));
  const requests: Record<string, string | Buffer> = {
    "bare LF after the request line": `GET ${path} HTTP/1.1\nHost: gw\r\n\r\n`,
    "bare LF after a header": `GET ${path} HTTP/1.1\r\nHost: gw\nX-A: 1\r\n\r\n`,
    "bare CR in a header": `GET ${path} HTTP/1.1\r\nHost: gw\r\nX-A: a\rX-B: b\r\n\r\n`,
    "folded header": `GET ${path} HTTP/1.1\r\nHost: gw\r\nX-A: 1\r\n folded\r\n\r\n`,
    "space before the first header": `GET ${path} HTTP/1.1\r\n Host: gw\r\n\r\n`,
    "space in a header's name": `GET ${path} HTTP/1.1\r\nHost: gw\r\nX A: 1\r\n\r\n`,
    "space before a colon": `GET ${path} HTTP/1.1\r\nHost: gw\r\nX-A : 1\r\n\r\n`,
    "no colon": `GET ${path} HTTP/1.1\r\nHost: gw\r\nX-A\r\n\r\n`,
    "empty header name": `GET ${path} HTTP/1.1\r\nHost: gw\r\n: 1\r\n\r\n`,
    "NUL in a header": `GET ${path} HTTP/1.1\r\nHost: gw\r\nX-A: a\0b\r\n\r\n`,
    "no Host": `GET ${path} HTTP/1.1\r\nConnection: close\r\n\r\n`,
    "two Hosts": `GET ${path} HTTP/1.1\r\nHost: gw\r\nHost: other\r\n\r\n`,
    "unknown version": `GET ${path} HTTP/3.7\r\nHost: gw\r\n\r\n`,
    "no version": `GET ${path}\r\n\r\n`,
    "space in the target": `GET ${path}a b HTTP/1.1\r\nHost: gw\r\n\r\n`,
    "NUL in the target": `GET ${path}\0 HTTP/1.1\r\nHost: gw\r\n\r\n`,
    "raw octet in the target": Buffer.from(`GET ${path}caf\xe9 HTTP/1.1\r\nHost: gw\r\n\r\n`, "latin1"),
    "not HTTP": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "chunked in HTTP/1.0": `POST ${path} HTTP/1.0\r\nHost: gw\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  };
  for (const [what, text] of Object.entries(requests)) await expectRefused(g, text, what);
  expect(one.requests.map((r) => r.url)).toEqual([]);
});

test("dot segments are refused, encoded ones too", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one]));
  const targets = [
    "/pizza/1.0.0/../admin",
    "/pizza/1.0.0/a/../../../admin",
    "/pizza/1.0.0/..",
    "/pizza/1.0.0/%2e%2e/admin",
    "/pizza/1.0.0/.%2E/admin",
    "/pizza/1.0.0/%2e./admin",
    "/pizza/1.0.0/..%2fadmin",
    "/pizza/1.0.0/a%2f..%2f..%2fadmin",
    "/pizza/1.0.0/..%5cadmin",
    "/pizza/1.0.0/..\\admin",
    "/pizza/1.0.0/..;x=1/admin",
    "/pizza/1.0.0/a%zz",
    "/pizza/1.0.0/a%2",
    "/pizza/1.0.0/a#fragment",
    "pizza/1.0.0/",
    "*",
  ];
  for (const target of targets) {
    await expectRefused(g, `GET ${target} HTTP/1.1\r\nHost: gw\r\nConnection: close\r\n\r\n`, target);
  }
  expect(one.requests.map((r) => r.url)).toEqual([]);
  // What only looks like one passes.
  const fine = ["/pizza/1.0.0/a..b/...", "/pizza/1.0.0/..a", "/pizza/1.0.0/x?../y"];
  for (const target of fine) {
    const received = await exchange(g.url, `GET ${target} HTTP/1.1\r\nHost: gw\r\nConnection: close\r\n\r\n`);
    expect(statuses(received), target).toEqual([200]);
  }
});

test("absolute targets are taken for this gateway and refused for other hosts", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one]));
  const get = (target: string) =>
    exchange(g.url, `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  const { port } = new URL(g.url);
  for (const authority of [`localhost:${port}`, `127.0.0.1:${port}`, "LOCALHOST"]) {
    expect(statuses(await get(`http://${authority}/pizza/1.0.0/menu?x`)), authority).toEqual([200]);
  }
  expect(one.requests.map((r) => r.url)).toEqual(["/menu?x", "/menu?x", "/menu?x"]);
  const foreign = [
    "http://evil.example/pizza/1.0.0/",
    "https://evil.example/pizza/1.0.0/",
    "http://localhost@evil.example/pizza/1.0.0/",
    "http://localhost.evil.example/pizza/1.0.0/",
    "http://169.254.169.254/pizza/1.0.0/",
    "ftp://localhost/pizza/1.0.0/",
  ];
  for (const target of foreign) {
    await expectRefused(g, `GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`, target);
  }
  expect(one.requests).toHaveLength(3);
});

test("a request has limits: 8 KiB of target, 100 fields, 16 KiB of header", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one]));
  const base = "/pizza/1.0.0/";
  const target = (length: number) => base + "x".repeat(length - base.length);
  const get = (text: string, fields = "") =>
    `GET ${text} HTTP/1.1\r\nHost: gw\r\n${fields}Connection: close\r\n\r\n`;
  const numbered = (count: number) => Array.from({ length: count }, (_, i) => `X-${i}: 1\r\n`).join("");
  expect(statuses(await exchange(g.url, get(target(8192))))).toEqual([200]);
  await expectRefused(g, get(target(8193)), "target of 8 KiB + 1", 414);
  expect(statuses(await exchange(g.url, get(base, numbered(98))))).toEqual([200]);
  await expectRefused(g, get(base, numbered(99)), "101 fields", 431);
  expect(statuses(await exchange(g.url, get(base, `X-Large: ${"x".repeat(15_000)}\r\n`)))).toEqual([200]);
  await expectRefused(g, get(base, `X-Large: ${"x".repeat(17_000)}\r\n`), "header of 17 KiB", 431);
  expect(one.requests).toHaveLength(3);
});

test("a header that trickles in is given up after 10 s", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one]));
  const slow = await wire(g.url);
  slow.write(`GET ${path} HTTP/1.1\r\nHost: gw\r\n`);
  const trickle = setInterval(() => slow.write("X-A: 1\r\n"), 500);
  const received = await slow.closed;
  clearInterval(trickle);
  expect(statuses(received)).toEqual([408]);
  expect(one.requests).toEqual([]);
});

test("pipelined requests are answered in order", async ({ backend, gateway }) => {
  const one = await backend("one");
  one.answer((req, res) => {
    // The first takes longest.
    setTimeout(() => res.end(req.url), req.url === "/1" ? 150 : 0);
  });
  const g = await gateway();
  await g.deploy(pizza([one]));
  const get = (n: number, more = "") => `GET /pizza/1.0.0/${n} HTTP/1.1\r\nHost: gw\r\n${more}\r\n`;
  const received = await exchange(g.url, get(1) + get(2) + get(3, "Connection: close\r\n"));
  expect(statuses(received)).toEqual([200, 200, 200]);
  expect([...received.matchAll(/\r\n(\/\d)(\r\n|H|$)/g)].map((match) => match[1])).toEqual([
    "/1",
    "/2",
    "/3",
  ]);
});

test("garbage behind a request never gets into that request's answer", async ({ backend, gateway }) => {
  let finish = () => {};
  const one = await backend("one", {
    handler: (_, res) => {
      res.write("the first half");
      finish = () => res.end(" and the second");
    },
  });
  const g = await gateway();
  await g.deploy(pizza([one]));
  const connection = await wire(g.url);
  connection.write(`GET ${path} HTTP/1.1\r\nHost: gw\r\n\r\n`);
  await expect.poll(() => connection.received()).toContain("the first half");
  connection.write("garbage\r\n\r\n");
  // Its own answer is there when a request on another connection has gone the same way.
  await exchange(g.url, "garbage\r\n\r\n");
  finish();
  const received = await connection.closed;
  expect(statuses(received)).toEqual([200, 400]);
  expect(received).toMatch(/the first half[\s\S]* and the second[\s\S]*HTTP\/1.1 400 /);
});

const post = `POST ${path} HTTP/1.1\r\nHost: gw\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n`;
const get = `GET ${path} HTTP/1.1\r\nHost: gw\r\n`;
for (const [what, sent, expected] of [
  ["a chunked POST, then garbage", `${post}\x00garbage\r\n\r\n`, [200, 400]],
  ["a GET, then one that is malformed", `${get}\r\nGET ${path} HTTP/9.1\r\n\r\n`, [200, 400]],
  ["a GET, then a method nobody knows", `${get}\r\nBREW ${path} HTTP/1.1\r\nHost: gw\r\n\r\n`, [200, 405]],
  ["a GET, then CONNECT", `${get}\r\nCONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n`, [200, 405]],
  ["two GETs, then garbage", `${get}\r\n${get}\r\ngarbage\r\n\r\n`, [200, 200, 400]],
  ["a GET that closes, then garbage", `${get}Connection: close\r\n\r\ngarbage\r\n\r\n`, [200]],
  ["an HTTP/1.0 GET, then another", `GET ${path} HTTP/1.0\r\nHost: gw\r\n\r\n${get}\r\n`, [200]],
  ["a POST that breaks off into garbage", `${post.slice(0, -9)}\r\nzz\r\n`, [400]],
  [
    "a GET, then a WebSocket that is refused",
    `${get}\r\nGET /unknown HTTP/1.1\r\nHost: gw\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    [200, 404],
  ],
  [
    "a GET, then an offer of another protocol",
    `${get}\r\n${get}Connection: Upgrade, close\r\nUpgrade: foo\r\n\r\n`,
    [200, 200],
  ],
] as const) {
  test(`what was asked first is answered first: ${what}`, async ({ backend, gateway }) => {
    const one = await backend("one", {
      // The answer is not there yet when the gateway has read what comes behind the request.
      handler: (req, res) => void setTimeout(() => res.end(`did ${req.method}`), 100),
    });
    const g = await gateway();
    await g.deploy(pizza([one]));
    const received = await exchange(g.url, Buffer.from(sent, "latin1"));
    expect(statuses(received)).toEqual(expected);
    if (expected[0] === 200) expect(received).toMatch(/^HTTP\/1.1 200 [\s\S]*did (GET|POST)/);
    expect((await send(g.url + path)).status).toBe(200);
  });
}

test("requests of one connection are taken up one after the other, and none for a caller who has left", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  let answer: (() => void) | undefined;
  one.answer((req, res) => {
    if (req.url === "/slow") answer = () => res.end("slow");
    else res.end(req.url);
  });
  const g = await gateway();
  await g.deploy(pizza([one], {}, { limits: { idleTimeoutMs: 60_000 } }));
  const get = (n: string, method = "GET") => `${method} ${path}${n} HTTP/1.1\r\nHost: gw\r\n\r\n`;
  // What is unsafe has its effect before what was sent behind it is asked.
  const first = await wire(g.url);
  first.write(get("slow", "DELETE") + get("balance"));
  await expect.poll(() => answer !== undefined).toBe(true);
  await send(`${g.url}${path}other`);
  expect(one.requests.map((r) => r.url)).toEqual(["/slow", "/other"]);
  answer!();
  await expect.poll(() => statuses(first.received())).toEqual([200, 200]);
  expect(one.requests.map((r) => r.url)).toEqual(["/slow", "/other", "/balance"]);
  first.socket.destroy();

  // Far more than anybody waits for: those that fit are answered, then the connection ends.
  answer = undefined;
  const many = await wire(g.url);
  many.write(get("slow") + get("next").repeat(300));
  await expect.poll(() => answer !== undefined).toBe(true);
  answer!();
  const received = statuses(await many.closed);
  expect(received.filter((status) => status === 200)).toHaveLength(101);
  expect(received.at(-1)).toBe(503);

  // Who leaves has asked no more of a backend than what was under way.
  answer = undefined;
  const before = one.requests.length;
  const left = await wire(g.url);
  left.write(get("slow") + get("next").repeat(20));
  await expect.poll(() => answer !== undefined).toBe(true);
  left.socket.destroy();
  await expect.poll(async () => (await g.status()).apis[0]!.endpoints[0]!.inFlight).toBe(0);
  await send(`${g.url}${path}last`);
  expect(one.requests.slice(before).map((r) => r.url)).toEqual(["/slow", "/last"]);
});

test("a Host that is none is refused, and the authority of an absolute target goes before it", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one]));
  for (const host of ["a b", "a,b", "a/b", "a@b", "[::1", "a:999999", "a:b"]) {
    const received = await exchange(g.url, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    expect(statuses(received), host).toEqual([400]);
  }
  expect(one.requests).toEqual([]);
  for (const host of ["gw", "gw:80", "[::1]:9090", "xn--a.example", "a_b.example"]) {
    const received = await exchange(
      g.url,
      `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
    );
    expect(statuses(received), host).toEqual([200]);
  }
  const { host } = new URL(g.url);
  await exchange(
    g.url,
    `GET http://${host}${path} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
  );
  expect(one.requests.at(-1)!.headers["x-forwarded-host"]).toBe(host);
});

test("a connection serves on after the gateway's own answers", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one]));
  const body = "x".repeat(100_000);
  const received = await exchange(
    g.url,
    `POST /unknown HTTP/1.1\r\nHost: gw\r\nContent-Length: ${body.length}\r\n\r\n${body}` +
      `GET ${path} HTTP/1.1\r\nHost: gw\r\nConnection: close\r\n\r\n`,
  );
  expect(statuses(received)).toEqual([404, 200]);
});

test("HTTP/1.0 callers get a plain body and the end of the connection", async ({ backend, gateway }) => {
  const one = await backend("one", {
    handler: (_, res) => {
      res.setHeader("Trailer", "X-Sum");
      res.write("first ");
      res.end("second");
    },
  });
  const g = await gateway();
  await g.deploy(pizza([one]));
  const received = await exchange(g.url, `GET ${path} HTTP/1.0\r\nHost: gw\r\n\r\n`);
  expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(received).not.toMatch(/transfer-encoding/i);
  expect(received).toMatch(/\r\n\r\nfirst second$/);
});

test("requests to the listener's loopback addresses work for both families", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one]));
  const { port } = new URL(g.url);
  for (const host of ["localhost", "127.0.0.1", "[::1]"]) {
    expect((await send(`http://${host}:${port}${path}`)).status, host).toBe(200);
  }
  expect(one.requests[2]?.headers).toMatchObject({
    "x-forwarded-for": "::1",
    forwarded: expect.stringContaining('for="[::1]"'),
  });
});
