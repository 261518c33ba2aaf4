import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { createServer, type TLSSocket } from "node:tls";
import { WebSocket } from "ws";
import { type Backend, expect, type Gateway, outputFolder, test } from "../fixtures";
import { freePort } from "../ports";
import { certificate } from "./certificate";
import { expectOwnAnswer, pizza } from "./client";
import { endpoint, first, hit, sequence, spread, stateOf } from "./traffic";

/** What counts against an endpoint, and what is the affair of one exchange (docs/rules/gateway.md section 6). */

const BAD = "/pizza/1.0.0/bad";
const quick = { limits: { responseTimeoutMs: 500 } };
const balanced = { routing: "loadBalanced" } as const;
const failover = { routing: "failover" } as const;

/** A backend that answers as usual, but at the path `BAD`. */
function goodBut(name: string, bad: (request: IncomingMessage, response: ServerResponse) => void) {
  const handler: RequestListener = (request, response) => {
    if (request.url?.endsWith("/bad")) return bad(request, response);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ backend: name }));
  };
  return { handler };
}

function raw(text: string) {
  return (request: IncomingMessage) => void request.socket.end(text);
}

/** Those of the endpoints that get no traffic. */
async function out(g: Gateway): Promise<string[]> {
  const { endpoints } = (await g.status()).apis[0]!;
  return endpoints.filter(({ state }) => state !== "up" && state !== "notChecked").map(({ id }) => id);
}

const twice = raw("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na");
const dropped = (request: IncomingMessage) => void request.socket.destroy();

for (const count of [1, 2, 3, 10]) {
  for (const [kind, list] of [
    ["balanced", balanced],
    ["failover", failover],
  ] as const) {
    test(`a request that no endpoint can answer takes none from the others: ${count}, ${kind}`, async ({
      backend,
      gateway,
    }) => {
      const names = Array.from({ length: count }, (_, i) => `b${i + 1}`);
      const backends = await Promise.all(names.map((name) => backend(name, goodBut(name, twice))));
      const g = await gateway();
      await g.deploy(pizza(backends, list));
      for (let i = 0; i < 100; i++) {
        expectOwnAnswer(await hit(g, { path: BAD }), 502, "101506");
        const answer = await hit(g);
        expect(answer.status).toBe(200);
        if (kind === "failover") expect(answer.by).toBe("b1");
      }
      expect(await out(g)).toEqual([]);
    });
  }
}

for (const [what, method, bad, code] of [
  ["a GET whose answer does not come", "GET", () => {}, "101504"],
  ["a GET that is dropped", "GET", dropped, "101505"],
  ["a POST that is dropped", "POST", dropped, "101505"],
  ["a head that is cut", "GET", raw("HTTP/1.1 200 OK\r\nContent-"), "101505"],
  ["two framings", "GET", raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n"), "101506"],
  ["a head that is too large", "GET", raw(`HTTP/1.1 200 OK\r\nX: ${"x".repeat(200_000)}\r\n\r\n`), "101506"],
] as const) {
  test(`beside good traffic nobody loses the lone endpoint to ${what}`, async ({ backend, gateway }) => {
    const one = await backend("one", goodBut("one", bad));
    const g = await gateway();
    await g.deploy(pizza([one], {}, code === "101504" ? quick : {}));
    for (let i = 0; i < 8; i++) {
      expect((await hit(g, { path: BAD, method })).code).toBe(code);
      expect(await sequence(g, 2)).toEqual(["one", "one"]);
    }
    expect(await endpoint(g, "ep-1")).toMatchObject({ state: "up", failures: 8 });
  });
}

test("a lone endpoint that fails everyone is out at the fifth failure, and back with the first answer", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(first(pizza([one], {}, quick), { settings: { suspension: { initialMs: 600_000 } } }));
  one.hang();
  for (let i = 1; i <= 5; i++) {
    expect((await hit(g)).code).toBe("101504");
    expect(await out(g)).toEqual(i < 5 ? [] : ["ep-1"]);
  }
  one.answer();
  expect(await sequence(g, 3)).toEqual(["one", "one", "one"]);
  expect(await stateOf(g, "ep-1")).toBe("up");
});

test("what one endpoint fails and another answers counts at once", async ({ backend, gateway }) => {
  const [one, two] = [await backend("one", { handler: dropped }), await backend("two")];
  const g = await gateway();
  await g.deploy(pizza([one, two], failover));
  expect((await hit(g)).by).toBe("two");
  expect(await stateOf(g, "ep-1")).toBe("suspended");
  expect(one.requests).toHaveLength(1);
});

for (const [kind, list] of [
  ["balanced", balanced],
  ["failover", failover],
] as const) {
  test(`two of three endpoints that hang for everyone are out within a few requests: ${kind}`, async ({
    backend,
    gateway,
  }) => {
    const [one, two, three] = [await backend("one"), await backend("two"), await backend("three")];
    const g = await gateway();
    await g.deploy(pizza([one, two, three], list, quick));
    one.hang();
    two.hang();
    expect(await spread(g, 8)).toEqual({ three: 8 });
    expect(await out(g)).toEqual(["ep-1", "ep-2"]);
  });
}

for (const [what, type] of [
  ["an event stream", "text/event-stream"],
  ["a download", "application/octet-stream"],
] as const) {
  test(`${what} that falls silent ends, and the endpoint stays`, async ({ backend, gateway }) => {
    const one = await backend(
      "one",
      goodBut("one", (_request, response) => {
        response.setHeader("content-type", type);
        response.write("data: 1\n\n");
      }),
    );
    const g = await gateway();
    await g.deploy(pizza([one], {}, { limits: { idleTimeoutMs: 200 } }));
    for (let i = 0; i < 6; i++) {
      const stream = await fetch(`${g.url}${BAD}`);
      expect(stream.status).toBe(200);
      await expect(stream.text()).rejects.toThrow();
    }
    expect(await endpoint(g, "ep-1")).toMatchObject({
      state: "up",
      lastError: { words: "no more of the answer in time" },
    });
    expect((await hit(g)).by).toBe("one");
  });
}

test("a WebSocket handshake that is dropped takes the endpoint from nobody", async ({ backend, gateway }) => {
  const one = await backend("one", { ...goodBut("one", dropped), upgrade: (_, socket) => socket.destroy() });
  const g = await gateway();
  await g.deploy(pizza([one]));
  for (let i = 0; i < 10; i++) {
    const ws = new WebSocket(`${g.url.replace("http", "ws")}/pizza/1.0.0/live`);
    const [error] = (await once(ws, "error")) as [Error];
    expect(error.message).toContain("502");
    expect((await hit(g)).by).toBe("one");
  }
  expect(await stateOf(g, "ep-1")).toBe("up");
});

test("over TLS a WebSocket's endpoint is asked by its own name, whatever the caller's Host", async ({
  database,
  gateway,
}) => {
  const port = await freePort();
  const names: unknown[] = [];
  const server = createServer(certificate, (socket: TLSSocket) => {
    names.push(socket.servername);
    socket.on("error", () => {});
    socket.end("HTTP/1.1 418 I'm a teapot\r\nContent-Length: 0\r\n\r\n");
  }).listen(port, "127.0.0.1");
  const url = `https://localhost:${port}`;
  const g = await gateway();
  await database.trust({ origin: url, alias: "one", certificate: certificate.cert });
  await g.deploy(pizza([{ url }], {}, { preserveHost: true }));
  const ws = new WebSocket(`${g.url.replace("http", "ws")}/pizza/1.0.0/live`, {
    headers: { Host: "foreign.example" },
  });
  ws.on("error", () => {});
  const [, answer] = (await once(ws, "unexpected-response")) as [unknown, IncomingMessage];
  expect(answer.statusCode).toBe(418);
  expect(names).toEqual(["localhost"]);
  server.close();
});

test.describe("an access log in a file", () => {
  test.use({ installation: "own" });

  test("the access log says why an answer ended in its middle, and only then", async ({
    backend,
    gateway,
  }) => {
    const cut = (_request: IncomingMessage, response: ServerResponse) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("some", () => response.socket?.destroy());
    };
    const one: Backend = await backend("one", goodBut("one", cut));
    const log = `${outputFolder()}/access.log`;
    const g = await gateway({ GATEWAY_ACCESS_LOG: log });
    await g.deploy(pizza([one]));
    await expect(fetch(`${g.url}${BAD}`).then((answer) => answer.text())).rejects.toThrow();
    await hit(g);
    const lines = async () =>
      (await readFile(log, "utf8"))
        .trim()
        .split("\n")
        .map((line) => (line === "" ? {} : (JSON.parse(line) as { path?: string; cut?: string })));
    await expect.poll(lines).toHaveLength(2);
    expect((await lines()).map(({ path, cut }) => [path, cut])).toEqual([
      [BAD, "connection closed"],
      ["/pizza/1.0.0/menu", undefined],
    ]);
  });
});
