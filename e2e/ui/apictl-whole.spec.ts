import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { admin, expect, test } from "../fixtures";

/** docs/wso2-demo/apictl.sh: login to logout on a fresh installation, with curl. */

test.use({ signedIn: false });

const script = join(import.meta.dirname, "../../docs/wso2-demo/apictl.sh");

test("the calls of apictl in their order lead from login to delete", async ({
  publisher,
  gateway,
  backend,
}) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  const running = await publisher();
  await running.signIn();
  const env = {
    ...process.env,
    ...{ PUBLISHER: running.url, GATEWAY: g.url, ONE: one.url, TWO: two.url },
    ...{ APICTL_USER: admin.username, APICTL_PASSWORD: admin.password },
  };
  const { stdout } = await promisify(execFile)(script, { env });
  expect(stdout).toContain("All as apictl expects it.");
  expect(one.requests.length).toBeGreaterThan(5);
});
