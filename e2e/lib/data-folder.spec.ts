import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test as base, expect } from "@playwright/test";
import { dataFolder } from "#lib/node/dataFolder";
import { GatewayId, gatewayId } from "#lib/node/gatewayId";
import { installationSecret } from "#lib/node/secret";
import { sources } from "../sources";

const test = base.extend<{ folder: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from the pattern
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), "sluice-data-"));
    await use(folder);
    rmSync(folder, { recursive: true });
  },
});

test("the data folder is SLUICE_DATA, else the SQLite file's, else data", () => {
  for (const [DATABASE_URL, SLUICE_DATA, wanted] of [
    ["file:/srv/sluice/sluice.db", undefined, "/srv/sluice"],
    ["file:///srv/sluice/sluice.db?mode=rw/x", undefined, "/srv/sluice"],
    ["file:./kept/sluice.db", undefined, resolve("kept")],
    ["file:sluice.db", undefined, resolve(".")],
    ["postgresql://sluice:secret@db.example:5432/a/b", undefined, resolve("data")],
    ["file:/srv/sluice/sluice.db", "/etc/sluice", "/etc/sluice"],
    ["postgresql://db.example/sluice", "own", resolve("own")],
  ] as const) {
    expect(dataFolder({ DATABASE_URL, SLUICE_DATA })).toBe(wanted);
  }
});

test("where the folder is, is said in one place", () => {
  const others = [...sources(".ts", ".mjs")].filter(
    ([file, text]) => !file.startsWith("e2e/") && /dirname\([^()]*(DATABASE_URL|databaseUrl)/.test(text),
  );
  expect(others.map(([file]) => file)).toEqual([]);
});

test("a missing folder is made for its owner alone", ({ folder }) => {
  const missing = join(folder, "not", "yet");
  installationSecret(missing, undefined);
  expect(statSync(missing).mode & 0o777).toBe(0o700);
});

test("a folder that cannot be made or written is told with what to do", ({ folder }) => {
  writeFileSync(join(folder, "file"), "");
  const way = "Make it possible, or set SLUICE_DATA to a folder that can be written.";
  const inFile = join(folder, "file", "data");
  expect(() => installationSecret(inFile, undefined)).toThrow(
    `The data folder ${inFile} cannot be made: a part of that path is a file. ${way}`,
  );
  // Where nobody may write, whoever they are.
  expect(() => installationSecret("/proc", undefined)).toThrow(/^The data folder \/proc cannot be written: /);
  expect(installationSecret(inFile, "given").toString()).toBe("given");
});

test("a gateway has one id for good, its own or a given one, and serves without a place for it", ({
  folder,
}) => {
  const file = join(folder, "gateway.id");
  const { id, problem } = gatewayId(folder, undefined);
  expect([problem, id]).toEqual([null, expect.stringMatching(/^gw-[0-9a-f]{10}$/)]);
  expect(readFileSync(file, "utf8")).toBe(id);
  expect(gatewayId(folder, undefined)).toEqual({ id, problem: null });
  expect(gatewayId(folder, "edge-1")).toEqual({ id: "edge-1", problem: null });
  writeFileSync(file, "north\n");
  expect(gatewayId(folder, undefined).id).toBe("north");
  // What a power cut leaves.
  writeFileSync(file, "\0\0\0");
  const anew = gatewayId(folder, undefined);
  expect(readFileSync(file, "utf8")).toBe(anew.id);
  const homeless = gatewayId("/proc", undefined);
  expect(homeless.id).toMatch(/^gw-/);
  expect(homeless.problem).toContain("another id at each start: The data folder /proc cannot be written");
});

test("an id is also a name of files", () => {
  const wanted = { "gw-1": true, "a.b_C": true, [`${"x".repeat(64)}`]: true };
  const refused = {
    "": false,
    ".": false,
    "..": false,
    "a/b": false,
    ü: false,
    [`${"x".repeat(65)}`]: false,
  };
  for (const [id, fits] of Object.entries({ ...wanted, ...refused }))
    expect(GatewayId.safeParse(id).success, id).toBe(fits);
});
