import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, outputFolder, root, test } from "../fixtures";
import { migrated } from "../installations/migrated";
import { neutralEnvironment } from "../processes";

/** A start that found a secret, but no database, made a new empty one without a word. */

const lost = (file: string, rest: string) =>
  `There is no database at ${file}, but there was one: ${rest} there. Put it back, restore a backup (npx sluice restore FILE), or begin anew with an empty one (npm start -- --new).\n`;

function folder(): {
  at: (name: string) => string;
  url: string;
  run: (...args: string[]) => [number | null, string];
} {
  const own = join(outputFolder(), "data");
  mkdirSync(own);
  const url = `file:${join(own, "sluice.db")}`;
  const run = (...args: string[]): [number | null, string] => {
    const env = { ...neutralEnvironment(), DATABASE_URL: url, SLUICE_SECRET: "of the environment" };
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, env });
    return [status, String(stderr)];
  };
  return { at: (name) => join(own, name), url, run };
}

test("a start without database beside a secret asks what to do, and makes one when told to", () => {
  const { at, run } = folder();
  const file = at("sluice.db");
  writeFileSync(at("sluice.secret"), "x".repeat(43));
  expect(run("tools/start.mjs")).toEqual([1, lost(file, `${at("sluice.secret")} is`)]);
  writeFileSync(file, "");
  writeFileSync(`${file}-wal`, "what was written last");
  expect(run("tools/prepare.mjs", "migrate")).toEqual([
    1,
    lost(file, `${at("sluice.secret")} and ${file}-wal are`),
  ]);
  expect(run("tools/prepare.mjs", "migrate", "--new")).toEqual([0, ""]);
  const aside = readdirSync(at(".")).find((name) => name.endsWith("-wal") && name.includes(".replaced-"));
  expect(readFileSync(at(aside!), "utf8")).toBe("what was written last");
  // It is there now.
  expect(run("tools/prepare.mjs", "migrate")).toEqual([0, ""]);
});

test("a first start needs nothing but a place, whatever secret the environment gives", async () => {
  const { at, url, run } = folder();
  expect(run("tools/prepare.mjs", "migrate")).toEqual([0, ""]);
  expect(readdirSync(at("."))).toContain("sluice.db");
  rmSync(at("sluice.db"));
  expect(await migrated(url)).toBe("");
});
