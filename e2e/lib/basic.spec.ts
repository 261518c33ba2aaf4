import { expect, test } from "@playwright/test";
import { basicHeader, readBasic } from "#lib/access/basic";

const of = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

test("name and password come back as they were sent, colons and all of Unicode included", () => {
  for (const [name, password] of [
    ["anna", "secret"],
    ["anna", ""],
    ["anna", "a:b:c"],
    ["jürgen", "paßwort 🔑"],
  ] as const) {
    expect(readBasic(of(`${name}:${password}`), 100)).toEqual({ name, password });
    expect(basicHeader(name, password)).toBe(of(`${name}:${password}`));
  }
  expect(readBasic(`bAsIc   ${Buffer.from("a:b").toString("base64")} `, 10)).toEqual({
    name: "a",
    password: "b",
  });
});

test("what is not Basic, has no name or is too long is none", () => {
  const none = [
    "",
    "Bearer abc",
    "Basic",
    "Basic ",
    "Basic ***",
    "Basic YTpi YTpi",
    of("anna"),
    of(":secret"),
    of(""),
  ];
  for (const header of [...none, null, undefined]) expect(readBasic(header, 100), String(header)).toBeNull();
  expect(readBasic(of(`${"n".repeat(101)}:x`), 100)).toBeNull();
  expect(readBasic(of(`n:${"x".repeat(101)}`), 100)).toBeNull();
  expect(readBasic(`Basic ${"A".repeat(1_000_000)}`, 100)).toBeNull();
});
