import { Apictl, packed } from "../apictl";
import { expect, test } from "../fixtures";

/** A project may be small and what goes with it large: reading that is no reason to answer nobody else. */

test.use({ signedIn: false });

const api = 'type: api\nversion: v4.7.0\ndata:\n  name: Small\n  context: /small\n  version: "1"\n';

test("others are answered while a large parameter file is read", async ({ publisher }) => {
  const { url, signIn } = await publisher();
  const { token } = await signIn();
  const environments = Array.from(
    { length: 40_000 },
    (_, i) => `  - name: e${i}\n    configs: {endpoints: {production: {url: "http://a:${i + 1}"}}}\n`,
  );
  const body = new FormData();
  body.append("file", new File([new Uint8Array(await packed({ "Small/api.yaml": api }))], "small.zip"));
  body.append("params", `environments:\n${environments.join("")}`);
  body.append("environment", "e7");
  let isRead = false;
  const headers = { authorization: `Bearer ${token}` };
  const preview = fetch(`${url}/api/v1/apis?preview=true`, { method: "POST", headers, body }).finally(() => {
    isRead = true;
  });
  let answered = 0;
  for (; !isRead; answered++) await (await fetch(`${url}/readyz`)).text();
  const text = await (await preview).text();
  expect(JSON.parse(text), text).toMatchObject({ ok: true, name: "Small" });
  // It takes seconds; where they waited for it, they were those that came before it.
  expect(answered).toBeGreaterThan(100);
});

test("files that say where and with what a project is deployed are small, or refused", async ({
  publisher,
}) => {
  const { url, signIn } = await publisher();
  const apictl = new Apictl(url, (await signIn()).token);
  const long = `#${"x".repeat(256 * 1024)}\n`;
  const project = await packed({ "Small/api.yaml": api, "Small/deployment_environments.yaml": long });
  const inner = await packed({ "Small/api.yaml": api });
  const withParams = await packed({ "SourceArchive.zip": inner, "intermediate_params.yaml": long });
  for (const [zip, file] of [
    [project, "deployment_environments.yaml"],
    [withParams, "intermediate_params.yaml"],
  ] as const) {
    const answer = await apictl.import(zip);
    const { description } = (await answer.json()) as { description: string };
    expect([answer.status, description]).toEqual([400, `${file}: The file is larger than 256 KiB.`]);
  }
  expect((await apictl.list()).count).toBe(0);
});
