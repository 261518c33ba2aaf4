import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, type IncomingHttpHeaders } from "node:http2";
import type { Socket } from "node:net";
import { expect, type Gateway, test } from "../fixtures";
import { neverSuspended, pizza, rawServer, send } from "./client";
import { bodyOf, FrameCaller, spelled } from "./frames";

const path = "/pizza/1.0.0/menu";
const head = "HTTP/1.1 200 OK\r\n";

/** A backend that answers so, at the head of a request or once its body is there. */
async function answering(text: string, { after = "" as string | RegExp, cut = false, end = false } = {}) {
  return rawServer((socket) => {
    let seen = "";
    socket.on("data", (data: Buffer) => {
      seen += data.toString("latin1");
      if (!(typeof after === "string" ? seen.includes(after || "\r\n\r\n") : after.test(seen))) return;
      seen = "";
      socket.write(Buffer.from(text, "latin1"), () => {
        // A reset could overtake what was written; the end of the connection comes after it.
        if (cut || end) socket.end();
      });
    });
  });
}

const endings: [string, string, { cut?: boolean; end?: boolean }, string, RegExp][] = [
  ["a length", `${head}Content-Length: 4\r\n\r\nbody`, {}, "body", /^HEADERS( DATA)*( DATA\+end)$/],
  [
    "chunks",
    `${head}Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n`,
    {},
    "body",
    /^HEADERS( DATA)* DATA\+end$/,
  ],
  ["the connection", `${head}\r\nbody`, { end: true }, "body", /^HEADERS( DATA)* DATA\+end$/],
  [
    "trailers",
    `${head}Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nX-Sum: 1\r\n\r\n`,
    {},
    "body",
    /^HEADERS( DATA)* HEADERS\+end$/,
  ],
  [
    "chunks without a body",
    `${head}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    {},
    "",
    /^HEADERS(\+end|( DATA)* DATA\+end)$/,
  ],
  ["the length 0", `${head}Content-Length: 0\r\n\r\n`, {}, "", /^HEADERS\+end$/],
  ["the status 204", "HTTP/1.1 204 No Content\r\n\r\n", {}, "", /^HEADERS\+end$/],
  ["a 304", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", {}, "", /^HEADERS\+end$/],
  [
    "a cut, of a length",
    `${head}Content-Length: 9\r\n\r\nbody`,
    { cut: true },
    "body",
    /^(HEADERS( DATA)* )?RST_STREAM\([1-9]\d*\)$/,
  ],
  [
    "a cut, of chunks",
    `${head}Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n`,
    { cut: true },
    "body",
    /^(HEADERS( DATA)* )?RST_STREAM\([1-9]\d*\)$/,
  ],
];

test("a strict HTTP/2 caller sees the end of each answer, however it ends", async ({ gateway }) => {
  const g = await gateway();
  const caller = await FrameCaller.open(g);
  for (const [what, text, how, body, expected] of endings) {
    const whole = await answering(text, { ...how, after: /^GET [\s\S]*\r\n\r\n$|an order\r\n0\r\n\r\n$/ });
    const early = await answering(text, how);
    await g.deploy(pizza([whole], neverSuspended));
    await g.deploy({ ...pizza([early], neverSuspended), name: "Early", context: "/early" });
    const asked = {
      GET: caller.ask("GET", path),
      POST: caller.ask("POST", path, { body: "an order" }),
      "POST, answered before it is read": caller.ask("POST", "/early/1.0.0/menu", { body: "x", open: true }),
    };
    for (const [which, stream] of Object.entries(asked)) {
      const kinds = spelled(await caller.answer(stream)).join(" ");
      // What is not read any more is reset after the end, never in its place (RFC 9113, section 8.1).
      expect(kinds.replace(/(\+end) RST_STREAM\(0\)$/, "$1"), `${what}, ${which}`).toMatch(expected);
      if (!how.cut) expect(bodyOf(caller.of(stream)), `${what}, ${which}`).toBe(body);
    }
    const unread = asked["POST, answered before it is read"];
    if (!how.cut) await expect.poll(() => spelled(caller.of(unread)).at(-1)).toBe("RST_STREAM(0)");
    // The stream of a request that was read is over with its answer; there is nothing to reset.
    const resets = how.cut ? 1 : 0;
    expect(spelled(caller.of(asked.GET)).filter((kind) => kind.startsWith("RST")).length).toBe(resets);
    whole.close();
    early.close();
  }
  expect(caller.frames.some(({ type }) => type === "GOAWAY")).toBe(false);
  caller.socket.destroy();
});

test("an answer's end waits for the caller's window, also when its request was not read", async ({
  gateway,
}) => {
  const g = await gateway();
  const size = 65_535;
  const one = await answering(`${head}Content-Length: ${size}\r\n\r\n${"x".repeat(size)}`);
  await g.deploy(pizza([one], neverSuspended));
  const caller = await FrameCaller.open(g);
  // Two answers share the connection's window, which one of them fills.
  const streams = [caller.ask("POST", path, { body: "x", open: true }), caller.ask("GET", path)];
  const bytes = () => streams.map((stream) => bodyOf(caller.of(stream)).length);
  await expect.poll(() => bytes()[0]! + bytes()[1]!).toBe(size);
  // An end that comes alone, after the last bytes, waits for the window of its stream as well.
  for (const window of [0, ...streams]) caller.write(8, 0, window, Buffer.from([0, 1, 0, 0]));
  for (const stream of streams) {
    await caller.answer(stream);
    expect(bodyOf(caller.of(stream)).length).toBe(size);
    expect(spelled(caller.of(stream)).join(" ")).toMatch(/DATA\+end( RST_STREAM\(0\))?$/);
  }
  caller.socket.destroy();
  one.close();
});

test("an answer that fills the caller's window exactly ends with its end, not with a reset", async ({
  gateway,
}) => {
  const g = await gateway();
  const pieces = ["x".repeat(6000), "y".repeat(6000)];
  const size = pieces.join("").length;
  const open: Socket[] = [];
  const one = await rawServer((socket) => {
    socket.on("data", (data: Buffer) => {
      if (!data.includes(" HTTP/1.1")) return;
      if (data.includes("/other ")) return socket.write(`${head}Content-Length: 0\r\n\r\n`);
      socket.write(`${head}Content-Length: ${size}\r\n\r\n${pieces[0]}`);
      open.push(socket);
    });
  });
  await g.deploy(pizza([one], neverSuspended));
  const caller = await FrameCaller.open(g);
  // SETTINGS_INITIAL_WINDOW_SIZE 0: the gateway keeps both pieces, and sends them in one go once it may.
  caller.write(4, 0, 0, Buffer.from([0, 4, 0, 0, 0, 0]));
  const streams = [caller.ask("GET", path), caller.ask("POST", path, { body: "x", open: true })];
  for (const stream of streams) await expect.poll(() => spelled(caller.of(stream))).toEqual(["HEADERS"]);
  for (const socket of open) socket.write(pieces[1]!);
  // Whoever has a whole exchange after that has read those pieces as well.
  expect(await send(g.url + path.replace("menu", "other"))).toMatchObject({ status: 200 });
  const window = Buffer.alloc(4);
  window.writeUInt32BE(size);
  for (const stream of streams) {
    caller.write(8, 0, stream, window);
    await expect.poll(() => bodyOf(caller.of(stream))).toBe(pieces.join(""));
    caller.write(8, 0, stream, window);
    await caller.answer(stream);
    expect(spelled(caller.of(stream)).join(" ")).toMatch(/^HEADERS( DATA)* DATA\+end( RST_STREAM\(0\))?$/);
  }
  caller.socket.destroy();
  one.close();
});

/** One request over HTTP/2, with trailers. */
async function overH2(g: Gateway) {
  const session = connect(g.httpsUrl, { rejectUnauthorized: false });
  const stream = session.request({ ":path": path });
  let trailers: IncomingHttpHeaders = {};
  stream.on("trailers", (given) => {
    trailers = given;
  });
  const [headers] = (await once(stream, "response")) as [IncomingHttpHeaders & { ":status": number }];
  let body = "";
  for await (const chunk of stream) body += String(chunk);
  session.destroy();
  return { status: headers[":status"], headers, trailers, body };
}

const refusedTrailers = [
  ["TE: gzip", "TE: gzip"],
  ["Host twice", "Host: a\r\nHost: b"],
  ["User-Agent twice", "User-Agent: a\r\nUser-Agent: b"],
  ["HTTP2-Settings", "HTTP2-Settings: AAMAAABkAAQAAP__"],
  ["framing fields", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\nTrailer: X"],
  ["connection fields", "Connection: close\r\nKeep-Alive: x\r\nUpgrade: h2c\r\nProxy-Connection: x"],
  ["Set-Cookie", "Set-Cookie: a=1"],
  ["authentication", "Authorization: Basic eDp5\r\nWWW-Authenticate: Basic\r\nProxy-Authenticate: Basic"],
  ["single fields twice", "ETag: 1\r\nETag: 2\r\nReferer: a\r\nReferer: b\r\nDNT: 1\r\nDNT: 1"],
] as const;

test("a backend's trailers that node refuses end no process, and reach no caller", async ({ gateway }) => {
  const g = await gateway();
  for (const [what, lines] of refusedTrailers) {
    const one = await answering(
      `${head}Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nX-Sum: 1\r\n${lines}\r\nX-Sum: 2\r\n\r\n`,
    );
    await g.deploy(pizza([one], neverSuspended));
    const h2 = await overH2(g);
    expect(h2, what).toMatchObject({ status: 200, body: "body" });
    const h1 = await send(g.url + path);
    expect(h1, what).toMatchObject({ status: 200, body: "body" });
    for (const trailers of [h1.trailers, h2.trailers]) {
      expect(String(trailers["x-sum"]), what).toMatch(/^1,\s?2$/);
      const names = Object.keys(trailers).filter((name) => !/^(etag|referer|dnt)$/.test(name));
      expect(names, what).toEqual(["x-sum"]);
    }
    one.close();
  }
});

test("fields of an answer that HTTP/2 has once do not fail it when a backend sends them twice", async ({
  gateway,
}) => {
  const g = await gateway();
  const one = await answering(
    `${head}User-Agent: a\r\nUser-Agent: b\r\nHost: x\r\nHost: y\r\nTE: gzip\r\nHTTP2-Settings: x\r\nContent-Length: 4\r\n\r\nbody`,
  );
  await g.deploy(pizza([one], neverSuspended));
  expect(await overH2(g)).toMatchObject({ status: 200, body: "body" });
  expect(await send(g.url + path)).toMatchObject({ status: 200, body: "body" });
  one.close();
});

const sameForBoth = [
  ["204 with a length", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", 204, ""],
  ["204 with a body", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello", 204, ""],
  ["205 with a body", "HTTP/1.1 205 Reset Content\r\nContent-Length: 5\r\n\r\nhello", 205, ""],
  [
    "205 in chunks",
    "HTTP/1.1 205 X\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nX-A: 1\r\n\r\n",
    205,
    "",
  ],
  ["a status of 600", "HTTP/1.1 600 Odd\r\nContent-Length: 5\r\n\r\nhello", 502, /"code":"101506"/],
  ["a status of 999", "HTTP/1.1 999 Denied\r\nContent-Length: 5\r\n\r\nhello", 502, /"code":"101506"/],
  [
    "426",
    "HTTP/1.1 426 X\r\nUpgrade: TLS/1.0\r\nConnection: Upgrade\r\nContent-Length: 2\r\n\r\nno",
    426,
    "no",
  ],
] as const;

test("callers of both versions see the same of an answer that is odd", async ({ gateway }) => {
  const g = await gateway();
  for (const [what, text, status, body] of sameForBoth) {
    const one = await answering(text);
    await g.deploy(pizza([one], neverSuspended));
    const [h1, h2] = [await send(g.url + path), await overH2(g)];
    for (const answer of [h1, h2]) {
      expect(answer.status, what).toBe(status);
      expect(answer.body, what).toMatch(body);
      if (body === "") expect(answer.body, what).toBe("");
      expect(answer.headers["content-length"], what).toBe(
        status === 204 ? undefined : status === 205 ? "0" : String(answer.body.length),
      );
    }
    // Part of that answer, and no field that HTTP/2 has (RFC 9110, section 15.5.22; RFC 9113, section 8.2.2).
    const upgrade = status === 426 ? "TLS/1.0" : undefined;
    expect([h1.headers.upgrade, h2.headers.upgrade], what).toEqual([upgrade, undefined]);
    expect((await g.status()).apis[0]!.endpoints[0], what).toMatchObject({ state: "up", failures: 0 });
    one.close();
  }
});

test.describe(() => {
  test.use({ installation: "own" });

  test("sockets of broken HTTP/2 connections go with their callers, and a stop does not wait for them", async ({
    backend,
    gateway,
  }) => {
    const one = await backend("one");
    const g = await gateway();
    await g.deploy(pizza([one]));
    const callers = await Promise.all(Array.from({ length: 20 }, () => FrameCaller.open(g)));
    const healthy = await FrameCaller.open(g);
    await healthy.answer(healthy.ask("GET", path));
    for (const [i, caller] of callers.entries()) {
      if (i % 2 === 0) await caller.answer(caller.ask("GET", path));
      // A DATA frame on stream 0 is a connection error (RFC 9113, section 6.1); then the caller hangs up.
      caller.write(0, 0, 0, Buffer.of(1));
      await expect.poll(() => caller.frames.some(({ type }) => type === "GOAWAY")).toBe(true);
      (caller.socket as Socket).end();
    }
    const port = new URL(g.httpsUrl).port;
    await expect.poll(() => closeWait(port), { timeout: 30_000 }).toBe(0);
    // Who is idle and well stays.
    expect(spelled(await healthy.answer(healthy.ask("GET", path))).at(-1)).toMatch(/\+end$/);
    healthy.socket.destroy();

    const last = await FrameCaller.open(g);
    last.write(0, 0, 0, Buffer.of(1));
    await expect.poll(() => last.frames.some(({ type }) => type === "GOAWAY")).toBe(true);
    const before = performance.now();
    expect(await g.stop()).toBe(0);
    expect(performance.now() - before).toBeLessThan(15_000);
    last.socket.destroy();
  });
});

/** Connections to this port that the other side has closed and we have not (Linux). */
function closeWait(port: string): number {
  const tables = ["/proc/net/tcp", "/proc/net/tcp6"].map((file) => readFileSync(file, "utf8"));
  const local = `:${Number(port).toString(16).toUpperCase().padStart(4, "0")} `;
  return tables
    .flatMap((table) => table.split("\n"))
    .filter((line) => {
      const [, address, , state] = line.trim().split(/\s+/);
      return `${address} `.endsWith(local) && state === "08";
    }).length;
}
