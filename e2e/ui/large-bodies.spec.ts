import { admin, expect, test } from "../fixtures";

/** Bodies that are too large for what they are asked for: told so, whoever sends them. */

test.use({ signedIn: false });

for (const [path, limit] of [
  ["/session", 4_000],
  ["/session/browser", 4_000],
  ["/api/mgw/adapter/0.1/oauth2/token", 4_000],
  ["/client-registration/v0.17/register", 4_000],
  ["/apis/some-api/check-endpoint", 10_000],
  ["/apis/some-api/try-endpoint", 1_000],
  ["/api/v1/apis/some-api/deployments", 16_384],
  ["/api/am/publisher/v4/apis/some-api/undeploy-revision", 16_384],
  ["/api/am/publisher/v4/apis/some-api/deploy-revision", 16_384],
  ["/oauth2/token", 20_000],
  ["/oauth2/revoke", 20_000],
] as const) {
  test(`POST ${path} refuses more than ${limit} bytes with 413`, async ({ publisher }) => {
    const { url } = await publisher();
    const headers: Record<string, string> = {
      authorization: `Basic ${Buffer.from(`${admin.username}:${admin.password}`).toString("base64")}`,
      "content-type": path.startsWith("/oauth2") ? "application/x-www-form-urlencoded" : "application/json",
    };
    const ask = async (size: number) => {
      const answer = await fetch(url + path, { method: "POST", headers, body: " ".repeat(size) });
      return { status: answer.status, text: await answer.text() };
    };
    const large = await ask(limit + 1);
    expect(large.status, large.text).toBe(413);
    expect(large.text).toContain(`The body is too large: it may have ${limit} bytes.`);
    expect((await ask(limit)).status).toBeLessThan(413);
  });
}
