import type { Socket } from "node:net";
import { expect, type Gateway, test } from "../fixtures";
import {
  endpoint,
  exchange,
  neverSuspended,
  pizza,
  rawServer,
  send,
  statuses,
  type Wire,
  wire,
} from "./client";

/**
 * Every way out of a WebSocket's handshake gives back what it took: places of the endpoint, of the group and of the
 * API. The group lets one request in at a time, so one that was not given back shows with the next call.
 */

const handshake = (more = "", behind = "") =>
  "GET /pizza/1.0.0/live HTTP/1.1\r\nHost: gw\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
  `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${more}\r\n${behind}`;
const agreed = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
const no = (body: string) => `HTTP/1.1 403 Forbidden\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
const masked = "\x81\x85\x00\x00\x00\x00hello";

interface Way {
  /** What the endpoint does with a handshake. */
  backend: (socket: Socket) => void;
  /** What the caller sends, besides the usual. */
  more?: string;
  behind?: string;
  /** What the caller does then. */
  caller?: (connection: Wire) => Promise<void> | void;
  /** What the caller is answered; not looked at where it does not wait. */
  expected?: RegExp;
}

const leave = ({ socket }: Wire) => void socket.destroy();
const reset = ({ socket }: Wire) => void socket.resetAndDestroy();
const halfClose = ({ socket }: Wire) => void socket.end();
const once101 = (then: (connection: Wire) => void) => async (connection: Wire) => {
  await expect.poll(connection.received).toContain("\r\n\r\n");
  then(connection);
};

const ways: Record<string, Way> = {
  "a refusal": { backend: (s) => s.write(no("no")), expected: /^HTTP\/1.1 403 [\s\S]*no$/ },
  "a refusal, with frames sent in advance": {
    backend: (s) => s.write(no("no")),
    behind: masked,
    expected: /^HTTP\/1.1 403 [\s\S]*no$/,
  },
  "a refusal, with frames in advance, of a caller who stays": {
    backend: (s) => s.write(no("no")),
    behind: masked.repeat(20_000),
    caller: async ({ received }) => expect.poll(received).toMatch(/403/),
  },
  "a refusal that never ends": {
    backend: (s) => s.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"),
    behind: masked,
    caller: async ({ received }) => expect.poll(received).toMatch(/half/),
  },
  "an answer of another kind": {
    backend: (s) => s.end("HTTP/1.1 200 OK\r\n\r\nall"),
    behind: masked,
    expected: /^HTTP\/1.1 200 [\s\S]*all$/,
  },
  "no HTTP at all": {
    backend: (s) => s.end("SSH-2.0-x\r\n\r\n"),
    behind: masked,
    expected: /^HTTP\/1.1 502 /,
  },
  "a connection that is closed": { backend: (s) => s.end(), behind: masked, expected: /^HTTP\/1.1 502 / },
  "a connection that is reset": {
    backend: (s) => s.resetAndDestroy(),
    behind: masked,
    expected: /^HTTP\/1.1 502 /,
  },
  "no answer": { backend: () => {}, behind: masked, expected: /^HTTP\/1.1 504 / },
  "no answer, and the caller leaves": { backend: () => {}, caller: leave },
  "no answer, and the caller leaves with frames sent": { backend: () => {}, behind: masked, caller: leave },
  "no answer, and the caller resets": { backend: () => {}, behind: masked, caller: reset },
  "no answer, and the caller hangs up halfway": { backend: () => {}, behind: masked, caller: halfClose },
  "a refusal, and the caller leaves before it": {
    backend: (s) => setTimeout(() => s.write(no("late")), 50),
    behind: masked,
    caller: leave,
  },
  "agreement, and the backend hangs up": {
    backend: (s) => s.write(agreed, () => s.end()),
    behind: masked,
    expected: /^HTTP\/1.1 101 /,
  },
  "agreement, and the backend resets": {
    backend: (s) => s.write(agreed, () => setTimeout(() => s.resetAndDestroy(), 20)),
    expected: /^HTTP\/1.1 101 /,
  },
  "agreement, and the caller leaves": { backend: (s) => s.write(agreed), caller: once101(leave) },
  "agreement, and the caller resets": {
    backend: (s) => s.write(agreed),
    behind: masked,
    caller: once101(reset),
  },
  "agreement, and the caller hangs up halfway": {
    backend: (s) => {
      s.write(agreed);
      s.on("end", () => s.end());
    },
    caller: once101(halfClose),
  },
  "Expect, and agreement": {
    backend: (s) => s.write(agreed, () => s.end()),
    more: "Expect: 100-continue\r\n",
    expected: /^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 101 /,
  },
  "Expect, and a refusal": {
    backend: (s) => s.write(no("no")),
    more: "Expect: 100-continue\r\n",
    behind: masked,
    expected: /^HTTP\/1.1 403 /,
  },
  "Expect, and the caller leaves": {
    backend: () => {},
    more: "Expect: 100-continue\r\n",
    caller: leave,
  },
};

/** How often requests to this API were counted, by any status. */
async function counted(g: Gateway): Promise<number> {
  const text = await (await fetch(`${g.adminUrl}/metrics`)).text();
  return [...text.matchAll(/^sluice_requests_total\{[^}]*api="Pizza"[^}]*\} (\d+)/gm)].reduce(
    (sum, match) => sum + Number(match[1]),
    0,
  );
}

test.describe(() => {
  test.use({ installation: "own" });

  test("every way out of a WebSocket's handshake gives its places back", async ({ gateway }) => {
    const g = await gateway();
    let answer: (socket: Socket) => void = () => {};
    const server = await rawServer((socket) => {
      socket.on("data", (data) => {
        const text = data.toString("latin1");
        if (/\r\nupgrade: websocket/i.test(text)) answer(socket);
        else if (text.startsWith("GET ")) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      });
    });
    await g.deploy(
      pizza(
        [server],
        { circuitBreakers: { maxRequests: 1 }, ...neverSuspended },
        { limits: { connectTimeoutMs: 200, responseTimeoutMs: 200, idleTimeoutMs: 300 } },
      ),
    );
    for (const [what, { backend, more, behind, caller, expected }] of Object.entries(ways)) {
      answer = backend;
      const before = await counted(g);
      const connection = await wire(g.url);
      connection.write(Buffer.from(handshake(more, behind), "latin1"));
      await caller?.(connection);
      if (expected) {
        await connection.closed;
        expect(connection.received(), what).toMatch(expected);
      }
      await expect.poll(async () => (await endpoint(g)).inFlight, what).toBe(0);
      await expect.poll(() => counted(g), what).toBe(before + 1);
      expect((await send(`${g.url}/pizza/1.0.0/menu`)).status, what).toBe(200);
      connection.socket.destroy();
    }
    server.close();
  });
});

test("a handshake with Expect reaches the backend with our fields, our path and no token", async ({
  gateway,
}) => {
  let seen = "";
  const server = await rawServer((socket) => {
    socket.on("data", (data) => {
      seen = data.toString("latin1");
      socket.end(no("no"));
    });
  });
  const g = await gateway();
  await g.deploy(pizza([{ url: `${server.url}/base` }], neverSuspended));
  for (const expectation of ["100-continue", "100-Continue", "something else"]) {
    const received = await exchange(
      g.url,
      handshake(
        `Expect: ${expectation}\r\nX-Forwarded-For: 6.6.6.6\r\nX-Real-IP: 6.6.6.6\r\nProxy-Authorization: secret\r\n`,
      ),
    );
    expect(statuses(received)).toEqual([403]);
    expect(seen).toMatch(/^GET \/base\/live HTTP\/1.1\r\n/);
    expect(seen).not.toMatch(/6\.6\.6\.6|secret|expect/i);
    expect(seen).toMatch(/\r\nX-Forwarded-For: 127.0.0.1\r\n/);
  }
  server.close();
});
