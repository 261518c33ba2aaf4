import { expect, test } from "../fixtures";
import { pizza } from "../gateway/client";

/** On a busy machine a deployment was answered with "live": false after 2 s, and the call that followed met the one before. */

test.use({ installation: "own" });

test("a deployment is answered when a gateway that is slow to see it serves it", async ({
  backend,
  gateway,
  publisher,
  database,
}) => {
  const one = await backend("one");
  await gateway({ GATEWAY_POLL_MS: "3000" });
  const { url, signIn } = await publisher();
  const { token } = await signIn();
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  // The second comes right after the gateway has looked, and waits for its next look.
  for (const revision of [1, 2]) {
    const id = await database.save(pizza([one], {}, { description: `the ${revision}. one` }));
    const deployments = `${url}/api/v1/apis/${id}/deployments`;
    const answer = await fetch(deployments, { method: "POST", headers, body: "{}" });
    expect(await answer.json()).toMatchObject({ revision, live: true, gateways: null });
  }
});
