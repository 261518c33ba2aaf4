import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:http2";
import { createServer as createTcpServer } from "node:net";
import { type Metadata, status } from "@grpc/grpc-js";
import { type ApiInput, expect, type Gateway, root, test } from "../fixtures";
import { pizza } from "./client";
import { END_HEADERS, END_STREAM, FrameCaller, field, request } from "./frames";
import { type Message, type Orders, OrdersClient, ordersServer, SERVICE } from "./grpcService";
import { stateOf } from "./traffic";

/** Calls of gRPC through the gateway, by its usual library on both sides. */

const opened: (() => void)[] = [];
test.afterEach(() => {
  for (const close of opened.splice(0)) close();
});

async function server(by: string, tls = false): Promise<Orders> {
  const orders = await ordersServer(by, tls);
  opened.push(() => orders.stop());
  return orders;
}

/** Answers each call with so many bytes and no end, whatever its deadline: a server of gRPC would keep that itself. */
async function unending(bytes: number): Promise<{ url: string }> {
  const server = createServer();
  server.on("stream", (stream) => {
    stream.on("error", () => {});
    stream.respond({ "content-type": "application/grpc" });
    stream.write(Buffer.alloc(bytes));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  opened.push(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}${SERVICE}` };
}

function client(url: string): OrdersClient {
  const orders = new OrdersClient(url);
  opened.push(() => orders.close());
  return orders;
}

/** The service as an API: its path is the API's, without a version. */
function orders(
  servers: readonly { url: string }[],
  rest: Partial<ApiInput> = {},
  circuitBreakers = {},
): ApiInput {
  const each = { settings: { http2: true, verifyTls: false } };
  const routing = servers.length > 1 ? { routing: "loadBalanced" as const } : {};
  return pizza(
    servers,
    { each, circuitBreakers, ...routing },
    { context: SERVICE, isDefaultVersion: true, ...rest },
  );
}

/** Every message of a stream, and how it ended. */
async function all(stream: AsyncIterable<Message>): Promise<{ messages: Message[]; code: number }> {
  const messages: Message[] = [];
  try {
    for await (const message of stream) messages.push(message);
    return { messages, code: status.OK };
  } catch (error) {
    return { messages, code: (error as { code: number }).code };
  }
}

for (const tls of [false, true]) {
  test(`calls of every kind pass to an endpoint ${tls ? "over TLS" : "without TLS"}`, async ({ gateway }) => {
    const g = await gateway();
    const one = await server("one", tls);
    await g.deploy(orders([one]));
    for (const url of [g.url, g.httpsUrl]) {
      const caller = client(url);
      const metadata = { plain: "a, b", "some-bin": Buffer.from([0, 255, 7]) };
      const { message, trailers } = await caller.get({}, { metadata });
      expect(JSON.parse(message.text!)).toEqual({ plain: ["a, b"], bin: [String(metadata["some-bin"])] });
      expect(trailers.get("sum")).toEqual(["1"]);

      const [upload, answer] = caller.upload();
      for (const text of ["one", "two", "x".repeat(200_000)]) upload.write({ text });
      upload.end();
      expect(await answer).toEqual({ count: 200_006, by: "one" });

      const watched = await all(caller.watch({ count: 100 }));
      expect(watched.code).toBe(status.OK);
      expect(watched.messages.map(({ count }) => count)).toEqual([...Array(100).keys()]);

      const chat = caller.chat();
      const answers = chat[Symbol.asyncIterator]() as AsyncIterator<Message>;
      for (const text of ["a", "b"]) {
        chat.write({ text });
        // Each is answered before the next is sent.
        expect((await answers.next()).value).toEqual({ text: `${text}?`, by: "one" });
      }
      chat.end();
      expect((await answers.next()).done).toBe(true);
    }
  });
}

test("a backend's error reaches the caller with its words and its metadata", async ({ gateway }) => {
  const g = await gateway();
  await g.deploy(orders([await server("one")]));
  const failure = await client(g.url)
    .get({ text: "fail" })
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: status.NOT_FOUND, details: "no such order: 5 % of «all»" });
  expect((failure as { metadata: Metadata }).metadata.get("reason")).toEqual(["sold out"]);
});

test("an answer that is nothing but a status is passed on as such", async ({ gateway }) => {
  const g = await gateway();
  await g.deploy(orders([await server("one")]));
  for (const url of [g.url, g.httpsUrl]) {
    const answer = await ask({ url }, "Get", {}, message({ text: "fail" }));
    expect(answer).toMatchObject({ "grpc-status": String(status.NOT_FOUND), isWhole: true });
  }
});

test("a call ends at its own deadline, and no endpoint is blamed for it", async ({ gateway }) => {
  const g = await gateway();
  const one = await server("one");
  await g.deploy(orders([one]));
  const caller = client(g.url);
  for (let i = 0; i < 6; i++) {
    const call = caller.get({ waitMs: 30_000 }, { deadline: Date.now() + 100 });
    await expect(call).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
  }
  // A caller that announces a deadline and does not keep it itself.
  const late = await ask(g, "Get", { "grpc-timeout": "100m" }, message({ waitMs: 30_000 }));
  expect(late).toMatchObject({ "grpc-status": String(status.DEADLINE_EXCEEDED), ":status": 200 });
  expect((await caller.get({})).message.by).toBe("one");
  expect(await stateOf(g, "ep-1")).toBe("up");
});

test("a call that its deadline cuts in the middle says so to its caller and in the log", async ({
  gateway,
}) => {
  const g = await gateway();
  await g.deploy(orders([await unending(10)]));
  // A caller that does not keep its deadline itself.
  const session = connect(g.url);
  const fields = { "content-type": "application/grpc", te: "trailers", "grpc-timeout": "200m" };
  const stream = session.request({ ":method": "POST", ":path": `${SERVICE}/Watch`, ...fields });
  stream.end(message({}));
  stream.resume();
  const [trailers] = (await once(stream, "trailers")) as [Record<string, unknown>];
  expect(trailers["grpc-status"]).toBe(String(status.DEADLINE_EXCEEDED));
  session.close();
  await expect.poll(() => g.output()).toContain('"cut":"its own deadline passed"');
});

test("only its deadline or silence of the other side ends a call", async ({ gateway }) => {
  const g = await gateway();
  const one = await server("one");
  const limits = { responseTimeoutMs: 300, idleTimeoutMs: 300, deadlineMs: 300 };
  await g.deploy(orders([one], { limits }));
  const caller = client(g.url);
  const [upload, answer] = caller.upload();
  upload.write({ text: "one" });
  const watching = all(caller.watch({ count: 2, waitMs: 1_500 }));
  const late = caller.get({ waitMs: 1_500 });
  expect((await watching).messages).toHaveLength(2);
  expect((await late).message.by).toBe("one");
  upload.write({ text: "two" });
  upload.end();
  expect(await answer).toEqual({ count: 6, by: "one" });
  expect(one.calls()).toBe(3);
});

test("a call without a deadline waits for a connection as others do", async ({ gateway }) => {
  const g = await gateway();
  const one = await server("one");
  await g.deploy(orders([one], {}, { maxConnections: 1 }));
  const caller = client(g.url);
  const [upload, answer] = caller.upload();
  upload.write({ text: "one" });
  await expect.poll(() => one.calls()).toBe(1);
  // What has a deadline waits until then: those without one are still in line.
  const behind = [{}, { deadline: Date.now() + 100 * 24 * 3_600_000 }].map((options) =>
    caller.get({}, options),
  );
  const last = caller.get({}, { deadline: Date.now() + 300 }).catch(({ code }) => code);
  const done = await Promise.race([last, ...behind]);
  expect(done).toBe(status.DEADLINE_EXCEEDED);
  // The gateway, too, says that its own time was over, whatever it waited for.
  expect(await ask(g, `${SERVICE}/Get`, { "grpc-timeout": "100m" }, message({}))).toMatchObject({
    "grpc-status": String(status.DEADLINE_EXCEEDED),
  });
  upload.end();
  expect(await answer).toEqual({ count: 3, by: "one" });
  for (const { message } of await Promise.all(behind)) expect(message.by).toBe("one");
});

test("a caller who does not read what it asked for is let go after its deadline", async ({ gateway }) => {
  const g = await gateway();
  const limits = { idleTimeoutMs: 300 };
  await g.deploy(orders([await unending(1_000_000)], { limits }));
  const caller = await FrameCaller.open(g);
  const stream = caller.nextId();
  const own = { "content-type": "application/grpc", te: "trailers", "grpc-timeout": "500m" };
  const fields = Object.entries(own).map(([name, value]) => field(name, value));
  const head = Buffer.concat([request("POST", `${SERVICE}/Watch`), ...fields]);
  caller.write(1, END_HEADERS | END_STREAM, stream, head);
  // Its window is full and stays so: what came says first that it was an answer, and last that it is not whole.
  const frames = await caller.answer(stream);
  expect([frames[0]!.type, frames.at(-1)!.type]).toEqual(["HEADERS", "RST_STREAM"]);
  caller.socket.destroy();
});

test("what the gateway answers itself is a status, and nothing else", async ({ gateway }) => {
  const g = await gateway();
  const down = createTcpServer();
  down.listen(0, "127.0.0.1");
  await once(down, "listening");
  const { port } = down.address() as { port: number };
  down.close();
  await g.deploy(orders([{ url: `http://127.0.0.1:${port}${SERVICE}` }]));
  const other = { ...orders([await server("one")]), name: "Closed", context: "/shop.Closed" };
  await g.deploy({ ...other, security: { kind: "jwt" } });
  const cases = [
    [`${SERVICE}/Get`, status.UNAVAILABLE, "The gateway could not connect to the backend."],
    ["/shop.Nothing/Get", status.UNIMPLEMENTED, /^No API is deployed at this path/],
    ["/shop.Closed/Get", status.UNAUTHENTICATED, /./],
  ] as const;
  for (const [path, code, words] of cases) {
    const answer = await ask(g, path, {}, message({}));
    expect(answer).toMatchObject({
      ":status": 200,
      "content-type": "application/grpc",
      "grpc-status": String(code),
      "grpc-message": typeof words === "string" ? words : expect.stringMatching(words),
      "x-request-id": expect.stringMatching(/./),
      isWhole: true,
    });
  }
  const plain = await ask(g, `${SERVICE}/Get`, { "content-type": "application/grpc-web" }, message({}));
  expect(plain).toMatchObject({ ":status": 502, "content-type": expect.stringContaining("json") });
});

test("calls go on at one server when the other is killed", async ({ gateway }) => {
  const g = await gateway();
  const processes = await Promise.all(["one", "two"].map(serverProcess));
  await g.deploy(orders(processes));
  const caller = client(g.url);
  const watches = [0, 1].map(() => all(caller.watch({ count: 3, waitMs: 500 })));
  const seen = new Set<string>();
  let failed = 0;
  let calls = 0;
  let killed = -1;
  const call = async () => {
    calls++;
    await caller.get({}).then(
      ({ message }) => seen.add(message.by!),
      (error: { code: number }) => {
        failed++;
        // It was sent, and might have been carried out: nobody else may ask for it again.
        expect(error.code).toBe(status.UNAVAILABLE);
      },
    );
  };
  for (let i = 0; i < 40; i++) {
    if (i === 20) {
      expect([...seen].sort()).toEqual(["one", "two"]);
      seen.clear();
      processes[0]!.child.kill("SIGKILL");
      killed = calls;
    }
    await Promise.all([call(), call(), call()]);
  }
  expect(calls - killed).toBe(60);
  expect(failed).toBeLessThanOrEqual(3);
  expect(seen).toContain("two");
  const ends = await Promise.all(watches);
  // One watch was at each of them.
  expect(ends.map(({ code }) => code).sort()).toEqual([status.OK, status.UNAVAILABLE]);
});

/** A server in a process of its own. */
async function serverProcess(by: string): Promise<{ url: string; child: ChildProcess }> {
  const args = ["--import", "tsx", "e2e/gateway/grpcService.ts", by];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  opened.push(() => child.kill("SIGKILL"));
  const [line] = (await once(child.stdout!, "data")) as [Buffer];
  return { url: line.toString().trim(), child };
}

/** One message as it is sent: not compressed, its length, itself. */
function message(of: Message): Buffer {
  const text = Buffer.from(JSON.stringify(of));
  const head = Buffer.alloc(5);
  head.writeUInt32BE(text.length, 1);
  return Buffer.concat([head, text]);
}

type Head = Record<string, unknown>;

/** The head of the answer, and whether the stream ended with it. `path`: whole, or a method of the service. */
async function ask(
  g: Pick<Gateway, "url">,
  path: string,
  headers: Record<string, string>,
  body: Buffer,
): Promise<Head & { isWhole: boolean }> {
  const session = connect(g.url, { rejectUnauthorized: false });
  const full = path.startsWith("/") ? path : `${SERVICE}/${path}`;
  const fields = { "content-type": "application/grpc", te: "trailers", ...headers };
  const stream = session.request({ ":method": "POST", ":path": full, ...fields });
  stream.end(body);
  const [head, flags] = (await once(stream, "response")) as [Head, number];
  session.destroy();
  return { ...head, isWhole: (flags & 1) !== 0 };
}
