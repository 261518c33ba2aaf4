import { Readable } from "node:stream";
import { expect, test } from "@playwright/test";
import { parseJson, readBody } from "#lib/node/body";

test("a body is read to its end, in bytes, up to the limit", async () => {
  expect((await readBody(Readable.from([Buffer.from("grü"), Buffer.from("ße")]), 7))?.toString()).toBe(
    "grüße",
  );
  expect(await readBody(Readable.from([Buffer.from("grüße")]), 6)).toBeNull();
  expect((await readBody(null, 0))?.length).toBe(0);
  expect((await readBody(new Response("hello").body, 5))?.toString()).toBe("hello");
});

test("one that is larger is not read on", async () => {
  let made = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      made++;
      controller.enqueue(new Uint8Array(1_000));
    },
  });
  expect(await readBody(endless, 10_000)).toBeNull();
  expect(made).toBeLessThan(15);
});

test("what is no JSON is undefined, and null is null", () => {
  expect(parseJson("{")).toBeUndefined();
  expect(parseJson("")).toBeUndefined();
  expect(parseJson("null")).toBeNull();
});

test("JSON is read up to a depth that whatever walks it can bear", () => {
  const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
  expect(parseJson(nested(100))).toBeDefined();
  expect(parseJson(nested(101))).toBeUndefined();
  expect(parseJson(`[${Array(500).fill('{"a":[]}').join()}]`)).toHaveLength(500);
  const brackets = JSON.stringify({ text: `"\\${"[".repeat(200)}`, more: ["{{{".repeat(100)] });
  expect(parseJson(brackets)).toEqual(JSON.parse(brackets));
  for (const broken of ['"', '{"a', '["\\', ""]) expect(parseJson(broken)).toBeUndefined();
});
