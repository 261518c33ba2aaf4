import { expect, type Gateway, test } from "../fixtures";
import { endpoint, pizza } from "./client";
import { bodyOf, END_HEADERS, END_STREAM, FrameCaller, field, frame, request, spelled } from "./frames";
import { bystander, flood, memory } from "./hostile";

/** What hostile-load.spec.ts is about, over HTTP/2. */

test.use({ installation: "own" });

/** What is said beside the access log can then be counted. */
const quiet = { GATEWAY_ACCESS_LOG: "off" };
const path = "/pizza/1.0.0/menu";
const good = "/pizza/1.0.0/good";
const [DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PING, WINDOW_UPDATE, CONTINUATION] = [
  0, 1, 2, 3, 4, 6, 8, 9,
];
const ENHANCE_YOUR_CALM = 11;

const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const get = request("GET", path);
const post = (...fields: Buffer[]) => Buffer.concat([request("POST", path), ...fields]);
const times = (count: number, make: (i: number) => Buffer) =>
  Buffer.concat(Array.from({ length: count }, (_, i) => make(i)));

/** Sends what `make` gives until the connection is over, or so often. */
async function attack(caller: FrameCaller, make: () => Buffer, often: number): Promise<void> {
  const { socket } = caller;
  for (let i = 0; i < often && !caller.ended; i++) {
    await flood({ socket, over: () => caller.ended, received: () => "" }, make(), 1);
    // What came back is read, too.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const reasons = ({ frames }: FrameCaller) =>
  frames.filter(({ type }) => type === "GOAWAY").map(({ payload }) => payload.readUInt32BE(4));

async function expectNobodyBlamed(g: Gateway): Promise<void> {
  await expect.poll(async () => (await endpoint(g)).inFlight, { timeout: 15_000 }).toBe(0);
  expect(await endpoint(g)).toMatchObject({ state: "up", failures: 0 });
  expect(g.output().split("\n").length).toBeLessThan(20);
}

/** Each opens a stream whose request would go to the endpoint, and has it reset. */
const resets: [string, (caller: FrameCaller) => Buffer][] = [
  [
    "by the caller (CVE-2023-44487)",
    (caller) => {
      const stream = caller.nextId();
      return Buffer.concat([
        frame(HEADERS, END_HEADERS | END_STREAM, stream, get),
        frame(RST_STREAM, 0, stream, u32(8)),
      ]);
    },
  ],
  [
    "by the gateway, whom the caller makes do it (CVE-2025-8671)",
    (caller) => {
      const stream = caller.nextId();
      return Buffer.concat([
        frame(HEADERS, END_HEADERS, stream, post(field("content-length", "1"))),
        frame(DATA, END_STREAM, stream, Buffer.from("xx")),
      ]);
    },
  ],
];
for (const [how, opened] of resets) {
  test(`streams that are reset as soon as they are opened end their connection, ${how}`, async ({
    backend,
    gateway,
  }) => {
    const one = await backend("one", {
      handler: (req, res) => void (req.url === "/good" && res.end("good")),
    });
    const g = await gateway(quiet);
    await g.deploy(pizza([one]));
    const before = await memory(g);
    const others = bystander(g, good);
    for (let round = 0; round < 4; round++) {
      const caller = await FrameCaller.open(g);
      await attack(caller, () => times(10, () => opened(caller)), 80);
      await expect.poll(() => caller.ended).toBe(true);
    }
    expect(one.requests.filter(({ url }) => url !== "/good").length).toBeLessThan(4 * 400);
    await others.expectServed();
    expect((await memory(g)) - before).toBeLessThan(150);
    await expectNobodyBlamed(g);
  });
}

test("a caller who resets many streams too soon is told why, one who cancels a page full of them goes on", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one", { handler: (req, res) => void (req.url === "/good" && res.end("good")) });
  const g = await gateway(quiet);
  await g.deploy(pizza([one]));
  const caller = await FrameCaller.open(g);
  const page = () => {
    const streams = Array.from({ length: 100 }, () => caller.ask("GET", path));
    for (const stream of streams) caller.write(RST_STREAM, 0, stream, u32(8));
  };
  page();
  page();
  await caller.answer(caller.ask("GET", good));
  expect(reasons(caller)).toEqual([]);
  page();
  // Nothing more is written, so that nothing overtakes what the gateway says last.
  await expect.poll(() => reasons(caller)[0]).toBe(ENHANCE_YOUR_CALM);
  await expect.poll(() => caller.ended).toBe(true);
  await expectNobodyBlamed(g);
});

test("floods of headers and of frames that carry nothing end or are borne, in bounded memory, and others are served", async ({
  backend,
  gateway,
}) => {
  test.setTimeout(60_000);
  const one = await backend("one");
  const g = await gateway(quiet);
  await g.deploy(pizza([one]));
  const before = await memory(g);
  const others = bystander(g, good);
  const first = (caller: FrameCaller, then: (stream: number) => Buffer) => {
    let stream = 0;
    return () => {
      if (stream > 0) return then(stream);
      stream = caller.nextId();
      return frame(HEADERS, END_STREAM, stream, get);
    };
  };
  /** Each with what it sends again and again, and whether that ends its connection. */
  const floods: [string, boolean, (caller: FrameCaller) => () => Buffer][] = [
    [
      "CONTINUATION without end",
      true,
      (caller) =>
        first(caller, (stream) =>
          times(10, () => frame(CONTINUATION, 0, stream, field("x-a", "b".repeat(100)))),
        ),
    ],
    [
      "CONTINUATION without content",
      true,
      (caller) => first(caller, (stream) => times(100, () => frame(CONTINUATION, 0, stream))),
    ],
    [
      // One entry of the table, referred to by each byte (RFC 7541, section 6.1).
      "a header list that unpacks to megabytes",
      false,
      (caller) => () => {
        const entry = Buffer.concat([Buffer.of(0x40), field("x-bomb", "y".repeat(120)).subarray(1)]);
        const block = Buffer.concat([
          get,
          entry,
          Buffer.alloc(16_000 - get.length - entry.length, 0x80 | 62),
        ]);
        return times(4, () => frame(HEADERS, END_HEADERS | END_STREAM, caller.nextId(), block));
      },
    ],
    ["PING", false, () => () => times(500, () => frame(PING, 0, 0, Buffer.alloc(8)))],
    // More of them in one TLS record than may wait for their answers: a gateway that is quick has none waiting between two.
    ["SETTINGS", true, () => () => times(2_000, () => frame(SETTINGS, 0, 0))],
    [
      "PRIORITY",
      false,
      () => () => times(500, (i) => frame(PRIORITY, 0, 2 * i + 1, Buffer.concat([u32(0), Buffer.of(1)]))),
    ],
    [
      "DATA without content",
      true,
      (caller) => {
        const stream = caller.ask("POST", path, { open: true });
        return () => times(500, () => frame(DATA, 0, stream));
      },
    ],
    [
      "WINDOW_UPDATE",
      false,
      (caller) => {
        const stream = caller.ask("POST", path, { open: true });
        return () => times(500, () => frame(WINDOW_UPDATE, 0, stream, u32(1)));
      },
    ],
  ];
  for (const [what, ends, made] of floods) {
    const callers = await Promise.all(Array.from({ length: 4 }, () => FrameCaller.open(g)));
    await Promise.all(callers.map((caller) => attack(caller, made(caller), 100)));
    if (ends) await expect.poll(() => callers.every(({ ended }) => ended), what).toBe(true);
    for (const { socket } of callers) socket.destroy();
  }
  // Whoever reads none of the answers to its frames.
  const deaf = await Promise.all(Array.from({ length: 4 }, () => FrameCaller.open(g)));
  for (const { socket } of deaf) socket.pause();
  const pings = times(1_000, () => frame(PING, 0, 0, Buffer.alloc(8)));
  for (const { socket } of deaf) for (let i = 0; i < 100; i++) socket.write(pings);
  await others.expectServed();
  expect((await memory(g)) - before).toBeLessThan(250);
  for (const { socket } of deaf) socket.destroy();
  await expectNobodyBlamed(g);
});

test("bodies whose bytes are frames of their own are passed on whole, and keep nobody waiting", async ({
  backend,
  gateway,
}) => {
  const bytes = "0123456789".repeat(6_000);
  const one = await backend("one");
  const g = await gateway(quiet);
  await g.deploy(pizza([one]));
  const before = await memory(g);
  const others = bystander(g, good);
  const caller = await FrameCaller.open(g);
  // Each within the window that a stream begins with.
  const streams = Array.from({ length: 2 }, () => caller.ask("POST", path, { open: true }));
  await flood(
    { socket: caller.socket, over: () => caller.ended, received: () => "" },
    times(6_000, (i) => times(2, (s) => frame(DATA, 0, streams[s]!, Buffer.from(bytes[i]!)))),
    1,
  );
  for (const stream of streams) {
    for (let i = 6_000; i < bytes.length; i += 6_000)
      caller.socket.write(times(6_000, (n) => frame(DATA, 0, stream, Buffer.from(bytes[i + n]!))));
    caller.write(DATA, END_STREAM, stream);
  }
  for (const stream of streams) {
    await expect.poll(() => spelled(caller.of(stream)).at(-1), { timeout: 20_000 }).toMatch(/\+end$/);
    expect(bodyOf(caller.of(stream))).toContain("POST");
  }
  await others.expectServed();
  const posted = one.requests.filter(({ method }) => method === "POST");
  expect(posted.map((got) => got.body === bytes)).toEqual(streams.map(() => true));
  expect((await memory(g)) - before).toBeLessThan(150);
  caller.socket.destroy();
  await expectNobodyBlamed(g);
});

test("frames by the million that no endpoint has asked for yet end their connection, in bounded memory", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one", { readBodies: false, handler: () => {} });
  const two = await backend("two");
  const g = await gateway(quiet);
  // All but one wait in line for a connection to the endpoint.
  await g.deploy(pizza([one], { circuitBreakers: { maxConnections: 1 } }));
  await g.deploy({ ...pizza([two]), name: "Good", context: "/good" });
  const before = await memory(g);
  const others = bystander(g, "/good/1.0.0/menu");
  for (let round = 0; round < 2; round++) {
    const caller = await FrameCaller.open(g);
    const streams = Array.from({ length: 20 }, () => caller.ask("POST", path, { open: true }));
    const bytes = (stream: number) => times(60_000, () => frame(DATA, 0, stream, Buffer.of(1)));
    await attack(caller, () => bytes(streams.pop()!), streams.length);
    await expect.poll(() => caller.ended).toBe(true);
  }
  await others.expectServed();
  expect((await memory(g)) - before).toBeLessThan(150);
  expect(g.output().split("\n").length).toBeLessThan(20);
});

test("answers that nobody takes wait in bounded memory, and others are served", async ({
  backend,
  gateway,
}) => {
  const piece = Buffer.alloc(64 * 1024);
  let written = 0;
  const one = await backend("one", {
    handler: (req, res) => {
      if (req.url === "/good") return void res.end("good");
      const more = () => {
        while (!res.destroyed && res.write(piece)) written += piece.length;
        res.once("drain", more);
      };
      more();
    },
  });
  const g = await gateway(quiet);
  await g.deploy(pizza([one]));
  const before = await memory(g);
  const others = bystander(g, good);
  const callers = await Promise.all(Array.from({ length: 4 }, () => FrameCaller.open(g)));
  const streams = 20;
  for (const caller of callers) {
    // SETTINGS_INITIAL_WINDOW_SIZE 0, then a byte now and then.
    caller.write(SETTINGS, 0, 0, Buffer.concat([Buffer.from([0, 4]), u32(0)]));
    for (let i = 0; i < streams; i++) caller.ask("GET", path);
  }
  const count = (type: string) =>
    callers.map(({ frames }) => frames.filter((one) => one.type === type).length);
  await expect.poll(() => count("HEADERS")).toEqual(callers.map(() => streams));
  for (let drop = 1; drop <= 5; drop++) {
    for (const caller of callers)
      for (let i = 0; i < streams; i++) caller.write(WINDOW_UPDATE, 0, 2 * i + 1, u32(1));
    await expect.poll(() => count("DATA")).toEqual(callers.map(() => streams * drop));
  }
  let last = -1;
  const stalled = () => {
    const same = written === last;
    last = written;
    return same;
  };
  await expect.poll(stalled, { intervals: [300] }).toBe(true);
  await others.expectServed();
  expect((await memory(g)) - before).toBeLessThan(200);
  for (const { socket } of callers) socket.destroy();
  await expectNobodyBlamed(g);
});
