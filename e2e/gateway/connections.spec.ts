import { once } from "node:events";
import { createServer } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import { expect, test } from "../fixtures";
import { type NameServer, startNameServer } from "../nameServer";
import { freePort } from "../ports";
import { pizza, rawServer, send } from "./client";

/** For how long a connection to a backend is used. */

const post = { method: "POST", body: "order" };

/** Answers every request on a connection, and says for how long it is kept. */
async function keeping(keepAlive: string) {
  const head = `HTTP/1.1 200 OK\r\nContent-Length: 2\r\n${keepAlive}\r\nok`;
  return rawServer((socket) =>
    socket.on("data", (data) => {
      if (String(data).endsWith(post.body)) socket.write(head);
    }),
  );
}

for (const [keepAlive, connections] of [
  ["Keep-Alive: timeout=1\r\n", 2],
  ["Keep-Alive: max=100, timeout=0\r\n", 2],
  ["Keep-Alive: timeout=5, max=100\r\n", 1],
  ["Keep-Alive: max=100\r\n", 1],
  ["", 1],
] as const) {
  test(`a backend that says "${keepAlive.trim()}": ${connections} connection(s) for two requests`, async ({
    gateway,
  }) => {
    const one = await keeping(keepAlive);
    const g = await gateway();
    await g.deploy(pizza([one]));
    for (let i = 0; i < 2; i++) expect((await send(`${g.url}/pizza/1.0.0/orders`, post)).status).toBe(200);
    expect(one.connections()).toBe(connections);
    one.close();
  });
}

test("a connection that the backend is about to close is not used for another request", async ({
  gateway,
}) => {
  const one = await keeping("Keep-Alive: timeout=2\r\n");
  const g = await gateway();
  await g.deploy(pizza([one]));
  const ordered = async () => {
    expect((await send(`${g.url}/pizza/1.0.0/orders`, post)).status).toBe(200);
    return one.connections();
  };
  expect(await ordered()).toBe(1);
  expect(await ordered()).toBe(1);
  await expect.poll(ordered, { intervals: [1_200] }).toBe(2);
  one.close();
});

test("a connection that is always busy is used for its lifetime only, and no request notices", async ({
  gateway,
}) => {
  const one = await keeping("");
  const g = await gateway();
  await g.deploy(pizza([one], {}, { limits: { connectionLifetimeMs: 200 } }));
  await expect
    .poll(
      async () => {
        expect((await send(`${g.url}/pizza/1.0.0/orders`, post)).status).toBe(200);
        return one.connections();
      },
      { intervals: [10] },
    )
    .toBeGreaterThan(2);
  one.close();
});

test.describe("a name that changes", () => {
  test.use({ installation: "own" });
  let names: NameServer;
  test.beforeEach(async () => {
    names = await startNameServer();
  });
  test.afterEach(() => names.close());

  for (const http2 of [false, true]) {
    test(`busy connections go when their name leads elsewhere: ${http2 ? "HTTP/2" : "HTTP/1.1"}`, async ({
      gateway,
    }) => {
      const port = await freePort();
      const servers = await Promise.all(
        ["127.0.0.1", "127.0.0.2"].map(async (address) => {
          const server = http2
            ? createHttp2Server((_, res) => void res.end(address))
            : createServer((_, res) => void res.end(address));
          server.listen(port, address);
          await once(server, "listening");
          return server;
        }),
      );
      names.names.set("moving.example", { addresses: ["127.0.0.1"], ttl: 0 });
      const g = await gateway({ DNS_SERVERS: names.address });
      const each = { settings: { http2 } };
      await g.deploy(pizza([{ url: `http://moving.example:${port}` }], { each }));
      const answered = async () => {
        const answer = await send(`${g.url}/pizza/1.0.0/orders`, post);
        expect(answer.status).toBe(200);
        return answer.body;
      };
      expect(await answered()).toBe("127.0.0.1");
      names.names.set("moving.example", { addresses: ["127.0.0.2"], ttl: 0 });
      await expect.poll(answered, { intervals: [50] }).toBe("127.0.0.2");
      for (const server of servers) server.close();
    });
  }
});
