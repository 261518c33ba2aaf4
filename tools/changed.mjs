/**
 * `npm run test:changed [-- <commit>]`: the tests of what differs from that commit (main), files that are not
 * committed included. What every test may rest on (lib, prisma, gateway, packages, fixtures) runs them all.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "./clone.mjs";

/** Which projects can notice a change below a folder; the first that fits counts. */
const NOTICED_BY = [
  [/^(docs\/.*|[^/]+\.md|LICENSE)$/, ["lib"]],
  [/^e2e\/browsers\//, ["lib"]],
  [/^e2e\/(lib|gateway|ui|regressions)\/.*\.spec\.ts$/, "itself"],
  [
    /^(app|components|publisher|cli|bin)\/|^(proxy|instrumentation-client)\.ts$/,
    ["lib", "ui", "regressions"],
  ],
];

const since = process.argv[2] ?? "main";
const files = [git("diff", "--name-only", since, "--"), git("ls-files", "--others", "--exclude-standard")]
  .join("\n")
  .split("\n")
  .filter(Boolean);
const chosen = new Set();
for (const file of files) {
  const [, noticed] = NOTICED_BY.find(([path]) => path.test(file)) ?? [
    null,
    ["lib", "gateway", "ui", "regressions"],
  ];
  if (noticed === "itself") {
    if (existsSync(join(root, file))) chosen.add(file);
  } else for (const project of noticed) chosen.add(`e2e/${project}/`);
}
if (chosen.size === 0) {
  console.log(`Nothing differs from ${since}.`);
  process.exit(0);
}
console.log(`[test] ${[...chosen].join(" ")}`);
const { status } = spawnSync(process.execPath, ["tools/test.mjs", ...chosen], {
  cwd: root,
  stdio: "inherit",
});
process.exit(status ?? 1);

function git(...args) {
  return execFileSync("git", args, { cwd: root, encoding: "utf8" });
}
