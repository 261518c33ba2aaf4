import { execFileSync } from "node:child_process";
import { root } from "./processes";

/** Tests run the bundles, so a changed gateway must be bundled first, also when Playwright is started by hand. */
export default function bundle(): void {
  execFileSync(process.execPath, ["tools/prepare.mjs", "bundle"], { cwd: root, stdio: "inherit" });
}
