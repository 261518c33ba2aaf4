import { expect, type Gateway, test } from "../fixtures";
import { neverSuspended, pizza, rawServer, send } from "./client";

/**
 * What backends may answer, byte for byte: the reader of answers is ours, so it is shown everything that two
 * readers could understand differently, in one piece and in single bytes.
 */

const ok = (head: string, body = "") => `HTTP/1.1 200 OK\r\n${head}\r\n${body}`;

const refused: Record<string, string> = {
  "something that is not HTTP": "SSH-2.0-OpenSSH_9.2\r\n\r\n",
  "another version": "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
  "a status of two digits": "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n",
  "a status of four digits": "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n",
  "an upgrade that nobody asked for": "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
  "bare line feeds": "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
  "one bare line feed": "HTTP/1.1 200 OK\r\nA: b\nContent-Length: 0\r\n\r\n",
  "a bare carriage return": ok("A: b\rContent-Length: 5\r\nContent-Length: 0\r\n"),
  "a folded header": ok("A: b\r\n c\r\nContent-Length: 0\r\n"),
  "a space before the colon": ok("Content-Length : 0\r\n"),
  "a header without a colon": ok("Content-Length\r\n"),
  "a header without a name": ok(": x\r\nContent-Length: 0\r\n"),
  "a null byte": ok("A: \0\r\nContent-Length: 0\r\n"),
  "two lengths": ok("Content-Length: 1\r\nContent-Length: 2\r\n", "ab"),
  "the same length twice": ok("Content-Length: 1\r\nContent-Length: 1\r\n", "a"),
  "a list of lengths": ok("Content-Length: 1, 1\r\n", "a"),
  "a negative length": ok("Content-Length: -1\r\n"),
  "a length with a sign": ok("Content-Length: +1\r\n", "a"),
  "a length in hexadecimal": ok("Content-Length: 0x1\r\n", "a"),
  "an empty length": ok("Content-Length:\r\n"),
  "a length beyond all bounds": ok("Content-Length: 99999999999999999999\r\n"),
  "two framings": ok("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
  "an unknown transfer coding": ok("Transfer-Encoding: gzip\r\n", "x"),
  "a tab after the coding": ok("Transfer-Encoding: chunked\t\r\n", "0\r\n\r\n"),
  "an interim answer that closes": `HTTP/1.1 103 X\r\nConnection: close\r\n\r\n${ok("Content-Length: 0\r\n")}`,
  "chunked twice": ok("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
  "chunked that is not last": ok("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n"),
  "a head without end": `HTTP/1.1 200 OK\r\n${"A: b\r\n".repeat(4000)}`,
  "a header that is too long": ok(`A: ${"b".repeat(17_000)}\r\nContent-Length: 0\r\n`),
};

/** The head is passed on before these are seen: the caller's connection must end, not the answer. */
const broken: Record<string, string> = {
  "a chunk size that is none": "xyz\r\n",
  "a chunk size with a sign": "+5\r\nhello\r\n0\r\n\r\n",
  "a chunk size with a space before it": " 5\r\nhello\r\n0\r\n\r\n",
  "a chunk size with a space after it": "5 \r\nhello\r\n0\r\n\r\n",
  "a chunk extension that has no name": "5;\r\nhello\r\n0\r\n\r\n",
  "an empty chunk size": "\r\nhello\r\n0\r\n\r\n",
  "a chunk size beyond all bounds": "fffffffffffffffff\r\n",
  "a chunk that is longer than it says": "3\r\nhello\r\n0\r\n\r\n",
  "a chunk line with a bare line feed": "5\nhello\r\n0\r\n\r\n",
  "a chunk line without end": `5;${"x".repeat(5_000)}`,
  "trailers that are malformed": "5\r\nhello\r\n0\r\nno colon\r\n\r\n",
};

const understood: Record<string, [answer: string, status: number, body: string]> = {
  "a length": [ok("Content-Length: 5\r\n", "hello"), 200, "hello"],
  "no reason": ["HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello", 200, "hello"],
  "an empty reason": ["HTTP/1.1 204 \r\n\r\n", 204, ""],
  "no headers at all": ["HTTP/1.1 204 No Content\r\n\r\n", 204, ""],
  "spaces around a value": [ok("Content-Length: \t 5  \r\n", "hello"), 200, "hello"],
  chunks: [ok("Transfer-Encoding: chunked\r\n", "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"), 200, "hello"],
  "chunks with extensions, zeros and capitals": [
    ok("Transfer-Encoding: Chunked\r\n", '0003;a=b;c="d"\r\nhel\r\n00002;x\r\nlo\r\n000\r\n\r\n'),
    200,
    "hello",
  ],
  trailers: [ok("Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\nA: b\r\nC: d\r\n\r\n"), 200, "hello"],
  "interim answers before it": [
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\nA: b\r\n\r\n${ok("Content-Length: 5\r\n", "hello")}`,
    200,
    "hello",
  ],
  "empty lines before the status line": [`\r\n\r\n${ok("Content-Length: 5\r\n", "hello")}`, 200, "hello"],
  "an empty line after an interim answer": [
    `HTTP/1.1 100 Continue\r\n\r\n\r\n${ok("Content-Length: 5\r\n", "hello")}`,
    200,
    "hello",
  ],
  "204 in chunks": ["HTTP/1.1 204 X\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 204, ""],
  "304 with both framings": [
    "HTTP/1.1 304 X\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
    304,
    "",
  ],
  "304 with another coding": ["HTTP/1.1 304 X\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 304, ""],
};

type Answers = Record<string, string>;

/** A backend that answers GET /menu/3 with the fourth of the answers; /menu/3?single sends it byte by byte. */
async function answering(answers: Answers) {
  const texts = Object.values(answers);
  return rawServer((socket) => {
    socket.on("data", (data) => {
      const [, number, single] = /^GET \/menu\/(\d+)(\?single)?/.exec(data.toString("latin1")) ?? [];
      const answer = Buffer.from(texts[Number(number)] ?? "", "latin1");
      if (!single) socket.write(answer);
      else for (const byte of answer) socket.write(Buffer.of(byte));
    });
  });
}

/** What the gateway makes of each of them, in one piece and in single bytes. */
async function forEachAnswer(
  g: Gateway,
  answers: Answers,
  check: (what: string, url: string) => Promise<void>,
): Promise<void> {
  const server = await answering(answers);
  await g.deploy(pizza([server], neverSuspended));
  for (const [i, what] of Object.keys(answers).entries()) {
    await check(what, `${g.url}/pizza/1.0.0/menu/${i}`);
    if (answers[what]!.length < 1_000)
      await check(`${what}, in bytes`, `${g.url}/pizza/1.0.0/menu/${i}?single`);
  }
  server.close();
}

test("answers that two readers could understand differently are a protocol error", async ({ gateway }) => {
  await forEachAnswer(await gateway(), refused, async (what, url) => {
    const answer = await send(url);
    expect([answer.status, JSON.parse(answer.body).code], what).toEqual([502, "101506"]);
  });
});

test("the coding identity is none: the body ends with the connection, and a length beside it is refused", async ({
  gateway,
}) => {
  const g = await gateway();
  for (const [fields, status] of [
    ["Transfer-Encoding: identity\r\n", 200],
    ["Transfer-Encoding: Identity\r\nContent-Length: 3\r\n", 502],
    ["Transfer-Encoding: identity, chunked\r\n", 502],
    ["Transfer-Encoding: gzip\r\n", 502],
  ] as const) {
    const server = await rawServer((socket) => {
      socket.on("data", () => socket.end(ok(fields, "hello")));
    });
    await g.deploy(pizza([server], neverSuspended));
    const answer = await send(`${g.url}/pizza/1.0.0/menu`);
    expect(answer.status, fields).toBe(status);
    if (status === 200) expect(answer.body).toBe("hello");
    server.close();
  }
});

test("a body that breaks its framing ends the caller's connection", async ({ gateway }) => {
  const answers = Object.fromEntries(
    Object.entries(broken).map(([what, body]) => [what, ok("Transfer-Encoding: chunked\r\n", body)]),
  );
  await forEachAnswer(await gateway(), answers, async (what, url) => {
    await expect(send(url), what).rejects.toThrow(/aborted|socket hang up|ECONNRESET/);
  });
});

test("every well-formed answer is understood, however it is cut into pieces", async ({ gateway }) => {
  const answers = Object.fromEntries(Object.entries(understood).map(([what, [answer]]) => [what, answer]));
  await forEachAnswer(await gateway(), answers, async (what, url) => {
    const [, status, body] = understood[what.replace(", in bytes", "")]!;
    const answer = await send(url);
    expect([answer.status, answer.body], what).toEqual([status, body]);
  });
});

test("a connection on which more came than the answer is not used again", async ({ gateway }) => {
  const g = await gateway();
  const first = ok("Content-Length: 5\r\n", "hello");
  for (const more of ["x", first, "\r\n"]) {
    const server = await rawServer((socket) => {
      socket.on("data", () => socket.write(first + more));
    });
    await g.deploy(pizza([server], neverSuspended));
    for (let i = 1; i <= 3; i++) {
      expect((await send(`${g.url}/pizza/1.0.0/menu`)).body).toBe("hello");
      expect(server.connections()).toBe(i);
    }
    server.close();
  }
});

test("a connection that the backend announces to close is not used again", async ({ gateway }) => {
  const g = await gateway();
  for (const head of [
    "HTTP/1.1 200 OK\r\nConnection: close",
    "HTTP/1.0 200 OK",
    "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=0",
  ]) {
    const server = await rawServer((socket) => {
      socket.on("data", () => socket.write(`${head}\r\nContent-Length: 5\r\n\r\nhello`));
    });
    await g.deploy(pizza([server], neverSuspended));
    for (let i = 1; i <= 2; i++) {
      expect((await send(`${g.url}/pizza/1.0.0/menu`)).body).toBe("hello");
      expect(server.connections(), head).toBe(i);
    }
    server.close();
  }
});

test("an answer that comes before the request's body is whole passes, and its connection ends", async ({
  gateway,
}) => {
  const g = await gateway();
  const server = await rawServer((socket) => {
    socket.once("data", () => {
      // What it does not read cannot all be on its way: the body is larger than all buffers between.
      socket.pause();
      socket.write("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
    });
  });
  await g.deploy(pizza([server], neverSuspended));
  for (let i = 1; i <= 2; i++) {
    const answer = await send(`${g.url}/pizza/1.0.0/menu`, {
      method: "POST",
      body: Buffer.alloc(48_000_000),
    });
    expect([answer.status, answer.body]).toEqual([413, "no"]);
    expect(server.connections()).toBe(i);
  }
  server.close();
});
