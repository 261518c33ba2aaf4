import { Agent, request } from "node:http";
import { type ClientHttp2Session, connect } from "node:http2";
import { expect, type Gateway, test } from "../fixtures";
import { pizza, send, statuses, wire } from "./client";

/**
 * A gateway behind a balancer stops without cutting anything, requests that must not be sent twice included: its
 * callers are told to come no more before anything is closed.
 */

test.use({ installation: "own" });

const DELAY_MS = 1_500;
const env = { GATEWAY_DRAIN_DELAY_MS: String(DELAY_MS) };
const CLIENTS = 24;

/** A client of one kept connection, which goes to the other gateway when an answer says that this was the last. */
class Client {
  answered = 0;
  /** How often it was told that its connection ends. */
  told = 0;
  on: "first" | "second" = "first";
  error: unknown = null;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(
    private readonly gateways: { first: Gateway; second: Gateway },
    private readonly path: string,
  ) {}

  async post(): Promise<void> {
    const url = `${this.gateways[this.on].url}/pizza/1.0.0/${this.path}`;
    await new Promise<void>((resolve, reject) => {
      const req = request(url, { method: "POST", agent: this.agent }, (res) => {
        if (res.statusCode !== 200) reject(new Error(`${res.statusCode}`));
        if (res.headers.connection === "close") {
          this.told++;
          this.on = "second";
        }
        res.on("error", reject);
        res.on("end", resolve).resume();
      });
      req.on("error", reject);
      req.end("an order");
    });
    this.answered++;
  }

  async goOn(until: () => boolean): Promise<void> {
    try {
      while (!until()) await this.post();
    } catch (error) {
      this.error = error;
    } finally {
      this.agent.destroy();
    }
  }
}

test("no POST is cut that arrives at any moment of a stop", async ({ backend, gateway }) => {
  // Some answer at once, some take longer than others.
  const one = await backend("one", {
    handler: (req, res) => setTimeout(() => res.end("done"), Number(/\d+$/.exec(req.url!)![0])),
  });
  const [first, second] = [await gateway(env), await gateway(env)];
  const { generation } = await first.deploy(pizza([one]));
  await second.reaches(generation);
  const clients = Array.from({ length: CLIENTS }, (_, i) => new Client({ first, second }, `${(i % 8) ** 3}`));
  let done = false;
  const all = Promise.all(clients.map((client) => client.goOn(() => done)));
  const each = (answered: number) => clients.every((client) => client.answered >= answered || client.error);
  await expect.poll(() => each(5)).toBe(true);

  const stopped = first.stop("SIGTERM");
  const ready = async () => (await fetch(`${first.adminUrl}/readyz`)).status;
  await expect.poll(ready, { intervals: [10] }).toBe(503);
  const fresh = await send(`${first.url}/pizza/1.0.0/0`);
  expect([fresh.status, fresh.headers.connection]).toEqual([200, "close"]);
  expect(await stopped).toBe(0);

  const before = clients.map(({ answered }) => answered);
  const wentOn = () => clients.every(({ answered, error }, i) => error || answered > before[i]!);
  await expect.poll(wentOn).toBe(true);
  done = true;
  await all;
  expect(clients.flatMap(({ error }) => error ?? [])).toEqual([]);
  expect(clients.map(({ told, on }) => `${told} ${on}`)).toEqual(clients.map(() => "1 second"));
  // Nothing was carried out that nobody was told of, either.
  const posts = one.requests.filter(({ method }) => method === "POST").length;
  expect(posts).toBe(clients.reduce((sum, { answered }) => sum + answered, 0));
});

test("callers of HTTP/2 are asked to leave before they have to, and no POST is lost", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one", {
    handler: (req, res) => setTimeout(() => res.end("done"), Number(/\d+$/.exec(req.url!)![0])),
  });
  const [first, second] = [await gateway(env), await gateway(env)];
  const { generation } = await first.deploy(pizza([one]));
  await second.reaches(generation);
  let done = false;
  const answered = Array.from({ length: CLIENTS }, () => 0);
  /** Up to which stream the first GOAWAY of each connection still takes them. */
  const asked: number[] = [];
  const open = (url: string) => {
    const session = connect(url);
    const connection = { session, isLeaving: false };
    session.on("goaway", (_code, lastStream) => {
      if (!connection.isLeaving && url === first.url) asked.push(lastStream ?? 0);
      connection.isLeaving = true;
    });
    return connection;
  };
  const post = (session: ClientHttp2Session, path: string) =>
    new Promise<void>((resolve, reject) => {
      const stream = session.request({ ":method": "POST", ":path": `/pizza/1.0.0/${path}` });
      stream.on("response", (head) => head[":status"] === 200 || reject(new Error(`${head[":status"]}`)));
      stream.on("error", reject);
      stream.on("end", resolve).resume();
      stream.end("an order");
    });
  const all = Promise.all(
    answered.map(async (_, i) => {
      let connection = open(first.url);
      while (!done) {
        if (connection.isLeaving) {
          connection.session.close();
          connection = open(second.url);
        }
        // What is refused was not looked at, and may be sent again (RFC 9113 section 8.7): on a machine so busy that the
        // second in between is not enough.
        const refused = await post(connection.session, `${(i % 8) ** 3}`).catch((error) => {
          if (!/REFUSED_STREAM/.test(String(error))) throw error;
          return "refused" as const;
        });
        if (refused) connection.isLeaving = true;
        else answered[i]!++;
      }
      connection.session.close();
    }),
  );
  const each = (more: readonly number[]) => answered.every((count, i) => count >= more[i]!);
  const grows = (by: number) => {
    const goal = answered.map((count) => count + by);
    return Promise.race([all, expect.poll(() => each(goal)).toBe(true)]);
  };
  await grows(5);
  expect(await first.stop("SIGTERM")).toBe(0);
  await grows(1);
  done = true;
  await all;
  expect(one.requests.length).toBe(answered.reduce((sum, count) => sum + count, 0));
  expect(asked).toEqual(answered.map(() => 2 ** 31 - 1));
});

test("a request behind a long answer and those sent one behind the other are answered", async ({
  backend,
  gateway,
}) => {
  let release = () => {};
  const one = await backend("one", {
    handler: (req, res) => {
      if (!req.url!.endsWith("/long")) return res.end("short");
      res.write("first half, ");
      release = () => res.end("second half");
    },
  });
  const g = await gateway(env);
  await g.deploy(pizza([one]));
  const post = "POST /pizza/1.0.0/short HTTP/1.1\r\nHost: gw\r\nContent-Length: 2\r\n\r\nhi";
  const long = "GET /pizza/1.0.0/long HTTP/1.1\r\nHost: gw\r\n\r\n";
  const [kept, piped] = [await wire(g.url), await wire(g.url)];
  kept.write(long);
  await expect.poll(() => kept.received()).toContain("first half");
  const stopped = g.stop("SIGTERM");
  await expect.poll(async () => (await fetch(`${g.adminUrl}/readyz`)).status).toBe(503);
  piped.write(post.repeat(3));
  const answers = await piped.closed;
  expect(statuses(answers)).toEqual([200, 200, 200]);
  // The last one says it.
  expect(answers.split("HTTP/1.1 200").map((answer) => /^connection: close/im.test(answer))).toEqual([
    ...[false, false, false],
    true,
  ]);
  // Its head promised before the stop that the connection would be kept.
  await expect.poll(() => fetch(`${g.url}/`).catch(() => "refused")).toBe("refused");
  release();
  await expect.poll(() => kept.received()).toContain("second half");
  kept.write(post);
  expect(statuses(await kept.closed)).toEqual([200, 200]);
  expect(await stopped).toBe(0);
});
