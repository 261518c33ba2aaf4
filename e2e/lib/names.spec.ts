import type { LookupAddress, LookupOptions } from "node:dns";
import { expect, test } from "@playwright/test";
import { Names } from "#lib/node/names";
import { type Found, namesToAsk, parseHosts, parseResolvConf, type Resolve } from "#lib/node/resolver";

/** How names are resolved and answers kept: docs/rules/gateway.md section 5. */

/** Answers when the test says so, by a clock that the test sets. */
function resolution() {
  const clock = { now: 1_000 };
  const waiting: { name: string; found(found: Found): void; failed(code: string): void }[] = [];
  const resolve: Resolve = (name) =>
    new Promise((found, reject) => {
      waiting.push({ name, found, failed: (code) => reject(Object.assign(new Error(code), { code })) });
    });
  const names = new Names(resolve, () => clock.now);
  const lookup = (name: string, options: LookupOptions = {}) =>
    new Promise<string>((done) =>
      names.lookup(name, { ...options, all: true } as never, (error, found) =>
        done(error ? `${error.code}` : (found as LookupAddress[]).map(({ address }) => address).join()),
      ),
    );
  return { clock, waiting, lookup };
}

const four = (...addresses: string[]): LookupAddress[] =>
  addresses.map((address) => ({ address, family: 4 }));
const found = (ttlMs: number | null, ...addresses: string[]): Found => ({
  addresses: four(...addresses),
  ttlMs,
});

test("one question a name is under way, and its answer counts as long as it says", async () => {
  const { clock, waiting, lookup } = resolution();
  const first = [lookup("a"), lookup("a"), lookup("b")];
  expect(waiting.map(({ name }) => name)).toEqual(["a", "b"]);
  waiting[0]!.found(found(5_000, "10.0.0.1"));
  waiting[1]!.found(found(5_000, "10.0.0.2"));
  expect(await Promise.all(first)).toEqual(["10.0.0.1", "10.0.0.1", "10.0.0.2"]);
  clock.now += 4_999;
  expect(await lookup("a")).toBe("10.0.0.1");
  expect(waiting).toHaveLength(2);
});

test("an answer whose time is over serves on while a new one is sought", async () => {
  const { clock, waiting, lookup } = resolution();
  const first = lookup("a");
  waiting[0]!.found(found(5_000, "10.0.0.1"));
  await first;
  clock.now += 5_000;
  expect(await lookup("a")).toBe("10.0.0.1");
  expect(await lookup("a")).toBe("10.0.0.1");
  expect(waiting).toHaveLength(2);
  waiting[1]!.found(found(5_000, "10.0.0.9"));
  await expect.poll(() => lookup("a")).toBe("10.0.0.9");
});

test("name servers that fail leave what was known; a name that is gone is gone", async () => {
  const { clock, waiting, lookup } = resolution();
  const first = lookup("a");
  waiting[0]!.found(found(1_000, "10.0.0.1"));
  await first;
  for (const code of ["EAI_AGAIN", "ESERVFAIL"]) {
    clock.now += 1_000;
    expect(await lookup("a")).toBe("10.0.0.1");
    waiting.at(-1)!.failed(code);
    await Promise.resolve();
    expect(await lookup("a")).toBe("10.0.0.1");
  }
  expect(waiting).toHaveLength(3);
  clock.now += 1_000;
  await lookup("a");
  waiting.at(-1)!.failed("ENOTFOUND");
  await expect.poll(() => lookup("a")).toBe("ENOTFOUND");
  // A day later nobody goes by what was known.
  const { clock: later, waiting: asked, lookup: find } = resolution();
  const known = find("b");
  asked[0]!.found(found(1_000, "10.0.0.2"));
  await known;
  later.now += 86_400_000 + 1_000;
  const gone = find("b");
  asked[1]!.failed("EAI_AGAIN");
  expect(await gone).toBe("EAI_AGAIN");
});

test("a failure is told to all who wait, and counts for a second", async () => {
  const { clock, waiting, lookup } = resolution();
  const both = [lookup("a"), lookup("a")];
  waiting[0]!.failed("ESERVFAIL");
  expect(await Promise.all(both)).toEqual(["ESERVFAIL", "ESERVFAIL"]);
  clock.now += 999;
  expect(await lookup("a")).toBe("ESERVFAIL");
  expect(waiting).toHaveLength(1);
  clock.now += 1;
  const again = lookup("a");
  waiting[1]!.found(found(null, "10.0.0.1"));
  expect(await again).toBe("10.0.0.1");
});

test("times are kept within bounds: a second at least, an hour at most, half a minute where nobody says", async () => {
  for (const [ttlMs, lasts] of [
    [0, 1_000],
    [7 * 86_400_000, 3_600_000],
    [null, 30_000],
  ] as const) {
    const { clock, waiting, lookup } = resolution();
    const first = lookup("a");
    waiting[0]!.found(found(ttlMs, "10.0.0.1"));
    await first;
    clock.now += lasts - 1;
    await lookup("a");
    expect(waiting, String(ttlMs)).toHaveLength(1);
    clock.now += 1;
    await lookup("a");
    expect(waiting, String(ttlMs)).toHaveLength(2);
  }
});

test("several addresses take turns at being the first, those of one family together", async () => {
  const { waiting, lookup } = resolution();
  const first = lookup("a");
  const six = ["fd00::1", "fd00::2"].map((address) => ({ address, family: 6 }));
  waiting[0]!.found({ addresses: [...six, ...four("10.0.0.1", "10.0.0.2", "10.0.0.3")], ttlMs: null });
  const seen = [await first, await lookup("a"), await lookup("a")];
  expect(seen).toEqual([
    "fd00::1,fd00::2,10.0.0.1,10.0.0.2,10.0.0.3",
    "fd00::2,fd00::1,10.0.0.2,10.0.0.3,10.0.0.1",
    "fd00::1,fd00::2,10.0.0.3,10.0.0.1,10.0.0.2",
  ]);
  expect(await lookup("a", { family: 4 })).toBe("10.0.0.1,10.0.0.2,10.0.0.3");
  expect(await lookup("a", { family: 6 })).toBe("fd00::1,fd00::2");
  const only = lookup("b", { family: 6 });
  waiting[1]!.found(found(null, "10.0.0.1"));
  expect(await only).toBe("ENODATA");
});

test("hosts are read as the system reads them", () => {
  const hosts = parseHosts(
    "127.0.0.1 localhost\n::1\tLocalhost ip6-loopback # here\n\n# 10.0.0.9 no\n10.0.0.1 a.b a\n10.0.0.2\n",
  );
  expect(Object.fromEntries(hosts)).toEqual({
    localhost: [
      { address: "127.0.0.1", family: 4 },
      { address: "::1", family: 6 },
    ],
    "ip6-loopback": [{ address: "::1", family: 6 }],
    "a.b": four("10.0.0.1"),
    a: four("10.0.0.1"),
  });
});

for (const [name, text, asked] of [
  ["orders", "", ["orders"]],
  ["orders", "search shop.example example", ["orders.shop.example", "orders.example", "orders"]],
  ["orders.shop", "search example", ["orders.shop", "orders.shop.example"]],
  [
    "orders.shop",
    "search svc.cluster.local\noptions ndots:5 timeout:1",
    ["orders.shop.svc.cluster.local", "orders.shop"],
  ],
  ["orders.", "search example", ["orders"]],
  ["orders", "domain one\nsearch two # comment\n; search three", ["orders.two", "orders"]],
  ["orders", "search .", ["orders"]],
] as const) {
  test(`${name} with "${text.replaceAll("\n", ", ")}" is asked for as ${asked.join(", ")}`, () => {
    expect(namesToAsk(name, parseResolvConf(text))).toEqual(asked);
  });
}
