import { expect, test } from "@playwright/test";
import fc from "fast-check";
import { MemoryAttempts } from "#lib/node/attempts";

const RULE = { limit: 3, windowMs: 1_000 };
const failed = (right: boolean) => !right;

/** A check that ends when it is told to. */
function held() {
  const ends: ((right: boolean) => void)[] = [];
  const check = () => new Promise<boolean>((resolve) => ends.push(resolve));
  return { ends, check };
}
/** Lets everything go on that is not held. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

test("right ones at once all pass, with no more under way than may fail", async () => {
  const attempts = new MemoryAttempts(() => 0);
  const { ends, check } = held();
  const all = Array.from({ length: 12 }, () => attempts.guess({ name: RULE }, check, failed));
  for (let i = 0; i < 12; i++) {
    await settle();
    expect(ends.length).toBeLessThanOrEqual(i + RULE.limit);
    ends[i]!(true);
  }
  expect(await Promise.all(all)).toEqual(Array(12).fill({ kind: "done", value: true }));
});

test("wrong ones at once get as far as one by one, and those that wait hear how long", async () => {
  let now = 0;
  const attempts = new MemoryAttempts(() => now);
  let checked = 0;
  const guess = (right: boolean) =>
    attempts.guess({ name: RULE }, () => Promise.resolve(++checked > 0 && right), failed);
  const all = await Promise.all(Array.from({ length: 20 }, () => guess(false)));
  expect(checked).toBe(3);
  expect(all.filter(({ kind }) => kind === "done")).toHaveLength(3);
  expect(all.filter(({ kind }) => kind === "limited")).toEqual(
    Array(17).fill({ kind: "limited", waitMs: 1_000 }),
  );
  expect(await guess(true)).toEqual({ kind: "limited", waitMs: 1_000 });
  now = 1_000;
  expect(await guess(true)).toEqual({ kind: "done", value: true });
});

test("whatever is guessed at once by whom, no key fails more often than it may", async () => {
  const tries = fc.array(
    fc.record({
      name: fc.constantFrom("a", "b"),
      address: fc.constantFrom("x", "y"),
      right: fc.boolean(),
    }),
    { maxLength: 40 },
  );
  await fc.assert(
    fc.asyncProperty(tries, async (all) => {
      const attempts = new MemoryAttempts(() => 0);
      const wrong = new Map<string, number>();
      await Promise.all(
        all.map(({ name, address, right }) =>
          attempts.guess(
            { [name]: RULE, [address]: { ...RULE, limit: 5 } },
            async () => {
              await settle();
              if (!right) for (const key of [name, address]) wrong.set(key, (wrong.get(key) ?? 0) + 1);
              return right;
            },
            failed,
          ),
        ),
      );
      for (const key of ["a", "b"]) expect(wrong.get(key) ?? 0).toBeLessThanOrEqual(3);
      for (const key of ["x", "y"]) expect(wrong.get(key) ?? 0).toBeLessThanOrEqual(5);
    }),
    { numRuns: 50 },
  );
});

test("no more wait than there is room for; others are told that nothing has failed", async () => {
  const attempts = new MemoryAttempts(() => 0);
  const { ends, check } = held();
  const all = Array.from({ length: 103 }, () => attempts.guess({ name: RULE }, check, failed));
  expect(await attempts.guess({ name: RULE }, check, failed)).toEqual({ kind: "busy" });
  // Nobody else waits for them.
  const other = attempts.guess({ other: RULE }, async () => true, failed);
  expect(await other).toEqual({ kind: "done", value: true });
  for (let i = 0; i < 103; i++) {
    await settle();
    ends[i]!(true);
  }
  expect((await Promise.all(all)).every(({ kind }) => kind === "done")).toBe(true);
});

test("a check that breaks counts for nothing and lets the next one go on", async () => {
  const attempts = new MemoryAttempts(() => 0);
  const broken = () => attempts.guess({ name: RULE }, () => Promise.reject(new Error("no database")), failed);
  for (let i = 0; i < 5; i++) await expect(broken()).rejects.toThrow("no database");
  expect(await attempts.guess({ name: RULE }, async () => true, failed)).toEqual({
    kind: "done",
    value: true,
  });
});

test("what costs something is counted whatever comes of it, for all its keys or for none", async () => {
  const attempts = new MemoryAttempts(() => 0);
  for (let i = 0; i < 3; i++) expect(await attempts.take({ a: RULE })).toEqual({ ok: true });
  expect(await attempts.take({ a: RULE, b: { limit: 1, windowMs: 500 } })).toEqual({
    ok: false,
    waitMs: 1_000,
  });
  expect(await attempts.take({ b: { limit: 1, windowMs: 500 } })).toEqual({ ok: true });
});
