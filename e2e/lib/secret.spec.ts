import fs, { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base, expect } from "@playwright/test";
import { installationSecret } from "#lib/node/secret";

const test = base.extend<{ folder: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from the pattern
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), "sluice-secret-"));
    await use(folder);
    rmSync(folder, { recursive: true });
  },
});

const secretOf = (folder: string, given?: string) => installationSecret(folder, given).toString();

test("a secret is made once, readable by its owner only, and nothing is left beside it", ({ folder }) => {
  const made = secretOf(folder);
  expect(made).toMatch(/^[\w-]{43}$/);
  expect(readFileSync(join(folder, "sluice.secret"), "utf8")).toBe(made);
  expect(statSync(join(folder, "sluice.secret")).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(["sluice.secret"]);
  expect(secretOf(folder)).toBe(made);
});

test("a new secret is on the disk before it has its name, and its name before it is used", ({ folder }) => {
  const calls: string[] = [];
  const { fsyncSync, linkSync } = fs;
  fs.fsyncSync = (file) => {
    calls.push(fs.fstatSync(file).isDirectory() ? "sync the folder" : "sync the file");
    fsyncSync(file);
  };
  fs.linkSync = (from, to) => {
    calls.push("name it");
    linkSync(from, to);
  };
  syncBuiltinESMExports();
  try {
    secretOf(folder);
  } finally {
    Object.assign(fs, { fsyncSync, linkSync });
    syncBuiltinESMExports();
  }
  expect(calls).toEqual(["sync the file", "name it", "sync the folder"]);
});

test("an empty or cut secret is refused with what to do, and stays as it is", ({ folder }) => {
  const file = join(folder, "sluice.secret");
  for (const [text, words] of [
    ["", "is empty."],
    ["\n", "is empty."],
    ["\0".repeat(43), "is empty."],
    ["x".repeat(20), "is cut off: 20 of 43 characters."],
    [`${"x".repeat(20)}${"\0".repeat(23)}`, "is cut off: 20 of 43 characters."],
  ] as const) {
    writeFileSync(file, text);
    expect(() => secretOf(folder)).toThrow(
      `The secret ${file} ${words} Put it back from a backup, or set SLUICE_SECRET.`,
    );
    expect(readFileSync(file, "utf8")).toBe(text);
    expect(secretOf(folder, "given")).toBe("given");
  }
});
