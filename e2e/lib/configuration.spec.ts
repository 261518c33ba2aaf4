import { expect, test } from "@playwright/test";
import { sources } from "../sources";

/** `docs/configure.md` is all of the configuration: a variable that is read has a row there, and no other has one. */

const code = sources(".ts", ".mjs", ".js");
const rows = new Map(
  [
    ...(sources(".md").get("docs/configure.md") ?? "").matchAll(/^\| `([A-Z][A-Z0-9_]*)` \| ([^|]+) \|/gm),
  ].map(([, name = "", reader = ""]) => [name, reader.trim()]),
);

/** Fields of the schema that a process parses its environment with; those of both processes stand in one place. */
const declaredIn = (file: string) =>
  ["lib/node/env.ts", file].flatMap((one) =>
    [...(code.get(one) ?? "").matchAll(/^ {2}([A-Z][A-Z0-9_]*):/gm)].map(([, name = ""]) => name),
  );

/** Set by the machine, by us for others, and by tests for themselves. */
const notOurs = [
  "NEXT_SERVER_ACTIONS_ENCRYPTION_KEY",
  "NODE_ENV",
  "PATH",
  "TEST_PARALLEL_INDEX",
  "TRIP_FILE",
];

test("every variable of a process is listed, with the process that reads it", () => {
  const [publisher, gateway] = [declaredIn("publisher/config.ts"), declaredIn("gateway/config.ts")];
  expect(publisher.length).toBeGreaterThan(10);
  expect(gateway.length).toBeGreaterThan(15);
  const readers = [...new Set([...publisher, ...gateway])].map((name) => {
    const both = publisher.includes(name) && gateway.includes(name);
    return [name, both ? "both" : publisher.includes(name) ? "publisher" : "gateway"];
  });
  const listed = [...rows].filter(([, reader]) => ["publisher", "gateway", "both"].includes(reader));
  expect(listed.sort()).toEqual(readers.sort());
});

test("every variable that is read anywhere is listed, and no other", () => {
  const read = new Set([...declaredIn("publisher/config.ts"), ...declaredIn("gateway/config.ts")]);
  for (const text of code.values()) {
    for (const [, name = ""] of text.matchAll(/\benv\.([A-Z][A-Z0-9_]*)\b/g)) read.add(name);
    for (const [, names = ""] of text.matchAll(/\{([^{}]*)\} = (?:process|this)\.env\b/g)) {
      for (const [, name = ""] of names.matchAll(/\b([A-Z][A-Z0-9_]*)\b/g)) read.add(name);
    }
  }
  for (const name of notOurs) read.delete(name);
  expect([...rows.keys()].sort()).toEqual([...read].sort());
});

const units: Record<string, number> = { "": 1, ms: 1, s: 1_000, MB: 1, KiB: 1024, MiB: 1024 * 1024 };

test("the limits towards callers are those of the code", () => {
  const document = sources(".md").get("docs/configure.md") ?? "";
  const limits = [
    ...document.matchAll(/^\| [^|]+ \| (\d+) ?(\w*) \| [^|]+ \| `([A-Z_]+)` in `([\w/.]+)` \|$/gm),
  ].map(([, number, unit = "", name = "", file = ""]) => {
    const [, value = ""] = new RegExp(`const ${name} = ([\\d_ *]+);`).exec(code.get(file) ?? "") ?? [];
    const inCode = value
      .split("*")
      .reduce((product, factor) => product * Number(factor.replaceAll("_", "")), 1);
    return { limit: `${name} in ${file}`, said: Number(number) * units[unit]!, inCode };
  });
  expect(limits.length).toBeGreaterThan(15);
  expect(limits.filter(({ said, inCode }) => said !== inCode)).toEqual([]);
});
