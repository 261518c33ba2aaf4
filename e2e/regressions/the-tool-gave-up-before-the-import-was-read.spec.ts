import { connect } from "node:net";
import { Apictl, packed } from "../apictl";
import { expect, test } from "../fixtures";

/** apictl waits 10 s for an answer; a large project may take longer to read. */

test.use({ signedIn: false });

/** A project whose definition takes a while to read. */
function project(url: string, paths: number) {
  const lines = Array.from(
    { length: paths },
    (_, i) =>
      `  /items/${i}/parts:\n    get:\n      x-auth-type: None\n      description: Part ${i} of it\n      responses: {"200": {description: fine}}`,
  );
  return packed({
    "Large/api.yaml": `type: api\nversion: v4.7.0\ndata:\n  name: Large\n  context: /large\n  version: "1"\n  endpointConfig:\n    endpoint_type: http\n    production_endpoints: {url: "${url}"}\n`,
    "Large/Definitions/swagger.yaml": `openapi: 3.0.1\ninfo: {title: Large, version: "1"}\npaths:\n${lines.join("\n")}\n`,
    "Large/deployment_environments.yaml":
      "type: deployment_environments\nversion: v4.3.0\ndata:\n - deploymentEnvironment: Default\n",
  });
}

/** Sends it and hangs up as soon as all of it is on its way. */
async function sendAndLeave(publisher: string, token: string, zip: Buffer): Promise<void> {
  const boundary = "sluice-boundary";
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="p.zip"\r\nContent-Type: application/zip\r\n\r\n`;
  const body = Buffer.concat([Buffer.from(head), zip, Buffer.from(`\r\n--${boundary}--\r\n`)]);
  const { hostname, port, host } = new URL(publisher);
  const lines = [
    "POST /api/am/publisher/v4/apis/import?preserveProvider=true&rotateRevision=false HTTP/1.1",
    `Host: ${host}`,
    `Authorization: Bearer ${token}`,
    "Accept: application/json",
    `Content-Type: multipart/form-data; boundary=${boundary}`,
    `Content-Length: ${body.length}`,
  ];
  const socket = connect(Number(port), hostname);
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.write(Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), body]), () => resolve());
  });
  socket.destroy();
}

test("the same upload once more is told what the first one did, and a third is refused", async ({
  publisher,
  gateway,
  backend,
}) => {
  const b = await backend("b");
  const g = await gateway();
  const running = await publisher();
  const { token } = await running.signIn();
  const apictl = new Apictl(running.url, token);
  const zip = await project(b.url, 1_200);
  await sendAndLeave(running.url, token, zip);
  // It goes on although nobody waits.
  await expect(async () => expect((await fetch(`${g.url}/large/1/items/7/parts`)).status).toBe(200)).toPass({
    timeout: 60_000,
  });
  const id = await apictl.idOf("Large", "1");
  const again = await apictl.import(zip);
  const text = await again.text();
  expect(again.status, text).toBe(200);
  expect(JSON.parse(text)).toMatchObject({ id, revision: "1" });
  expect((await apictl.revisions(id)).count).toBe(1);
  const third = await apictl.import(zip);
  expect(third.status, await third.text()).toBe(409);
});

test("the same upload beside one that is being read joins it", async ({ publisher, backend }) => {
  const b = await backend("b");
  const running = await publisher();
  const { token } = await running.signIn();
  const apictl = new Apictl(running.url, token);
  const zip = await project(b.url, 1_200);
  const answers = await Promise.all([apictl.import(zip), apictl.import(zip), apictl.import(zip)]);
  const bodies = await Promise.all(answers.map((answer) => answer.text()));
  expect(
    answers.map(({ status }) => status),
    bodies.join("\n"),
  ).toEqual([200, 200, 200]);
  const ids = bodies.map((text) => (JSON.parse(text) as { id: string }).id);
  expect(new Set(ids).size).toBe(1);
  expect((await apictl.revisions(ids[0]!)).count).toBe(1);
});

test("an answer that nobody heard is not told of an API that was changed since", async ({
  publisher,
  backend,
}) => {
  const b = await backend("b");
  const running = await publisher();
  const { token } = await running.signIn();
  const apictl = new Apictl(running.url, token);
  const zip = await project(b.url, 1_200);
  await sendAndLeave(running.url, token, zip);
  await expect(async () => expect((await apictl.list()).count).toBe(1)).toPass({ timeout: 60_000 });
  const id = await apictl.idOf("Large", "1");
  const told = (await (await apictl.call(`/apis/${id}`)).json()) as Record<string, unknown>;
  expect((await apictl.send("PUT", `/apis/${id}`, { ...told, description: "Changed" })).status).toBe(200);
  expect((await apictl.import(zip)).status).toBe(409);
});

test("an answer that nobody heard is not told of an API that was undeployed since", async ({
  publisher,
  gateway,
  backend,
}) => {
  const b = await backend("b");
  const g = await gateway();
  const running = await publisher();
  const { token } = await running.signIn();
  const apictl = new Apictl(running.url, token);
  const zip = await project(b.url, 1_200);
  await sendAndLeave(running.url, token, zip);
  await expect(async () => expect((await fetch(`${g.url}/large/1/items/7/parts`)).status).toBe(200)).toPass({
    timeout: 60_000,
  });
  const id = await apictl.idOf("Large", "1");
  const undeployed = await fetch(`${running.url}/api/v1/apis/${id}/deployments`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${token}` },
  });
  expect(undeployed.status).toBe(200);
  expect((await apictl.import(zip)).status).toBe(409);
});

test("a refusal that nobody heard is not told where what stood in the way is gone", async ({
  publisher,
  backend,
}) => {
  const b = await backend("b");
  const running = await publisher();
  const { token } = await running.signIn();
  const apictl = new Apictl(running.url, token);
  const there = await apictl.send("POST", "/apis", { name: "Large", version: "1", context: "/other" });
  const { id } = (await there.json()) as { id: string };
  const zip = await project(b.url, 1_200);
  await sendAndLeave(running.url, token, zip);
  // Each begins after it and takes as long, so that it is over when they are.
  for (let i = 0; i < 2; i++) await apictl.dryRun(zip);
  expect((await apictl.call(`/apis/${id}`, { method: "DELETE" })).status).toBe(200);
  const again = await apictl.import(zip);
  expect(again.status, await again.text()).toBe(200);
});
