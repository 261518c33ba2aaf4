import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { type BuildOptions, build } from "esbuild";
import { root } from "../processes";
import { sources } from "../sources";

/** Tools run as they are, before anything is installed: no compiler sees whether what they import is there. */

const tools = [...sources(".mjs").keys()].filter((path) => /^(bin|tools)\//.test(path));

const problemsOf = (entry: BuildOptions): Promise<string[]> =>
  build({
    absWorkingDir: root,
    bundle: true,
    write: false,
    platform: "node",
    format: "esm",
    outdir: "out",
    packages: "external",
    external: ["../build/*"],
    logLevel: "silent",
    ...entry,
  }).then(
    ({ warnings }) => warnings.map(({ text }) => text),
    ({ errors }: { errors: { text: string }[] }) => errors.map(({ text }) => text),
  );

test("what the tools import from each other is exported there", async () => {
  expect(tools.length).toBeGreaterThan(8);
  expect(await problemsOf({ entryPoints: tools })).toEqual([]);
});

test("an import of something that has moved is found", async () => {
  const contents = 'import { environment } from "./prepare.mjs"; environment();';
  const stdin = { contents, resolveDir: join(root, "tools"), sourcefile: "planted.mjs" };
  expect((await problemsOf({ stdin })).join()).toContain('No matching export in "tools/prepare.mjs"');
});
