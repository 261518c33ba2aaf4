import { execFileSync } from "node:child_process";
import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { SEED, TEMPLATE } from "./database";
import { migrated } from "./installations/migrated";
import { root } from "./processes";

/**
 * Before any test, also when Playwright is started by hand: the bundles that tests run, which a changed gateway must
 * be in; the process that writes their data, bundled because each worker starts one; and the empty database that each
 * test begins with a copy of.
 */
export default async function bundle(): Promise<void> {
  execFileSync(process.execPath, ["tools/prepare.mjs", "bundle"], { cwd: root, stdio: "inherit" });
  // Made beside its place and moved there whole: somebody else may run tests in this folder.
  const folder = mkdtempSync(join(root, "build/e2e-"));
  try {
    await build({
      absWorkingDir: root,
      entryPoints: ["e2e/seed.ts"],
      outfile: join(folder, "seed.mjs"),
      bundle: true,
      packages: "external",
      platform: "node",
      format: "esm",
      target: "node20",
      sourcemap: "inline",
      logLevel: "silent",
    });
    const problem = await migrated(`file:${join(folder, "template.db")}`);
    if (problem) throw new Error(problem);
    renameSync(join(folder, "seed.mjs"), SEED);
    renameSync(join(folder, "template.db"), TEMPLATE);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
