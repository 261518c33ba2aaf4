import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "../fixtures";
import { send } from "../http";
import { apiWith } from "../pages/apis";
import { root } from "../processes";

test.describe("the policies of pages", () => {
  // The publisher that tests share has one nonce for all.
  test.use({ installation: "own" });

  test("answers carry the policies, with a new nonce each, and scripts without one do not run", async ({
    page,
    publisher,
  }) => {
    const { url } = await publisher();
    const policies: string[] = [];
    for (let i = 0; i < 2; i++) {
      const { headers } = await send(`${url}/sign-in`);
      expect(headers).toMatchObject({
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
      });
      expect(headers).not.toHaveProperty("strict-transport-security");
      policies.push(String(headers["content-security-policy"]));
    }
    expect(policies[0]).not.toBe(policies[1]);
    expect(policies[0]).toContain("frame-ancestors 'none'");
    expect(policies[0]).not.toContain("unsafe-eval");
    expect(/script-src[^;]*/.exec(policies[0] ?? "")?.[0]).not.toContain("unsafe-inline");

    const answer = await page.goto(`${url}/apis`);
    const html = (await answer?.text()) ?? "";
    const inline = html.match(/<(script|style)\b[^>]*>/g) ?? [];
    expect(inline.length).toBeGreaterThan(2);
    for (const tag of inline) expect(tag).toMatch(/nonce="[^"]+"|src="/);
  });
});

test.describe("a foreign script", () => {
  test.use({ expectedConsoleErrors: /Content Security Policy/ });

  test("is not run", async ({ page, publisher }) => {
    const { url } = await publisher();
    await page.goto(`${url}/apis`);
    const ran = await page.evaluate(() => {
      const script = document.createElement("div");
      script.innerHTML = '<img src="data:,x" onerror="window.injected = true">';
      document.body.append(script);
      return new Promise<boolean>((resolve) => {
        document.addEventListener("securitypolicyviolation", () => resolve("injected" in window));
      });
    });
    expect(ran).toBe(false);
  });
});

test("changes are taken from the publisher's own pages or from no browser", async ({
  publisher,
  database,
}) => {
  const { url, signIn } = await publisher();
  const id = await database.save(apiWith([]));
  const { cookie } = await signIn();
  const post = async (headers: Record<string, string>, path = `/apis/${id}/check-endpoint`) =>
    (await send(url + path, { method: "POST", headers: { cookie, ...headers }, body: "{}" })).status;
  expect(await post({})).toBe(400);
  expect(await post({ origin: url, "sec-fetch-site": "same-origin" })).toBe(400);
  expect(await post({ origin: "https://evil.example" })).toBe(403);
  expect(await post({ origin: "null" })).toBe(403);
  expect(await post({ origin: url.replace(/\d+$/, "1") })).toBe(403);
  for (const site of ["cross-site", "same-site", "none"])
    expect(await post({ "sec-fetch-site": site }), site).toBe(403);
  expect(await post({ origin: "https://evil.example", "next-action": "x" }, "/apis")).toBe(403);
});

/** The cookie of a sign-in with these headers. */
async function cookieOf(url: string, headers: Record<string, string> = {}): Promise<string> {
  const body = JSON.stringify({ username: "admin", password: "correct horse battery" });
  return String((await send(`${url}/session`, { method: "POST", headers, body })).headers["set-cookie"]);
}

const https = { "x-forwarded-proto": "https" };

test("a path that cannot be decoded is refused with why", async ({ publisher }) => {
  const { url } = await publisher();
  for (const path of [
    "/apis/%ff",
    "/api/am/publisher/v4/endpoint-certificates/%",
    "/api/v1/apis/%E0%A4/tokens",
  ]) {
    const { status, text } = await send(url + path);
    expect(status, path).toBe(400);
    expect(text).toBe("The path is not encoded as UTF-8: a % that is meant itself is written %25.\n");
  }
  expect((await send(`${url}/sign-in?to=%ff`)).status).toBe(200);
});

test("cookies are for this site only and out of reach of scripts, and no caller makes them Secure", async ({
  publisher,
}) => {
  const { url } = await publisher();
  const cookie = await cookieOf(url, https);
  expect(cookie).toMatch(/HttpOnly/);
  expect(cookie).toMatch(/SameSite=lax/i);
  expect(cookie).not.toMatch(/Secure/);
});

test.describe("what the environment says", () => {
  test.use({ installation: "own" });

  test("only names of this publisher are answered, so that no other site can take them over; cookies are Secure where a trusted proxy was asked so", async ({
    publisher,
  }) => {
    const { url } = await publisher({
      ALLOWED_HOSTS: "sluice.example, other.example:8443",
      TRUSTED_PROXIES: "127.0.0.0/8, ::1",
    });
    const { port } = new URL(url);
    const status = async (host: string) => (await send(`${url}/sign-in`, { headers: { host } })).status;
    for (const host of [
      `localhost:${port}`,
      `127.0.0.1:${port}`,
      `[::1]:${port}`,
      "sluice.example",
      "SLUICE.example:443",
      "other.example:8443",
    ])
      expect(await status(host), host).toBe(200);
    for (const host of [
      "evil.example",
      `evil.example:${port}`,
      "other.example",
      "192.168.0.7",
      "localhost.evil.example",
    ])
      expect(await status(host), host).toBe(421);
    const { text } = await send(url, { headers: { host: "evil.example" } });
    expect(text).toBe(
      'The publisher does not answer for the host "evil.example". ALLOWED_HOSTS can name it.\n',
    );
    expect(await cookieOf(url)).not.toMatch(/Secure/);
    expect(await cookieOf(url, https)).toMatch(/Secure/);
  });

  test("TRUSTED_PROXIES that are no addresses stop the start", async ({ publisher }) => {
    await expect(publisher({ TRUSTED_PROXIES: "10.0.0.0/8, proxy" })).rejects.toThrow(
      'TRUSTED_PROXIES: "proxy" is neither an address nor a network such as 10.0.0.0/8.',
    );
  });
});

test.describe("endpoint checks", () => {
  test.use({ signedIn: false, expectedConsoleErrors: /429 \(Too Many Requests\)/ });

  test("are limited to 30 a minute for each user", async ({ page, publisher, database }) => {
    const { url, signInAs } = await publisher();
    const id = await database.save(apiWith(["http://a.example:8080"]));
    const { cookie } = await signInAs("publisher");
    for (let i = 0; i < 30; i++) {
      const answer = await send(`${url}/apis/${id}/check-endpoint`, {
        method: "POST",
        headers: { cookie },
        body: '{"url":"ftp://x"}',
      });
      expect(answer.status).toBe(200);
    }
    await page.goto(`${url}/apis/${id}/endpoints`);
    await page.locator("#production_endpoints-endpoint-test-icon-btn").click();
    await expect(
      page.getByText(/Not checked: at most 30 checks a minute\. Try again in/).first(),
    ).toBeVisible();
  });
});

test("a save may be as large as the largest definition, and no larger", async ({ publisher, database }) => {
  const { url, signIn } = await publisher();
  const { cookie } = await signIn();
  const id = await database.save(apiWith([]));
  const manifest = JSON.parse(
    readFileSync(join(root, ".next/server/server-reference-manifest.json"), "utf8"),
  );
  const actions = Object.entries<{ exportedName: string }>(manifest.node);
  const save = actions.find(([, { exportedName }]) => exportedName === "saveForms")?.[0];
  const answer = (mib: number) =>
    send(`${url}/apis/${id}`, {
      method: "POST",
      headers: { cookie, origin: url, "content-type": "text/plain;charset=UTF-8", "next-action": save },
      body: JSON.stringify([id, { description: "x".repeat(mib * 1024 * 1024) }, 1]),
    });
  // Read to its end: what is wrong with it is told.
  expect((await answer(12)).text).toContain('"kind":"invalid"');
  expect((await answer(18)).text).not.toContain('"kind":"invalid"');
});

test("scripts come as Brotli, gzip or plain, the same in each, and from the build only", async ({
  publisher,
}) => {
  const { url } = await publisher();
  const body = await (await fetch(`${url}/sign-in`)).text();
  const script = /src="(\/_next\/static\/[^"]+\.js)/.exec(body)?.[1] ?? "";
  const load = async (encoding: string) => {
    const answer = await fetch(url + script, { headers: { "accept-encoding": encoding } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toMatch(/^application\/javascript/);
    expect(answer.headers.get("cache-control")).toContain("immutable");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    return { encoding: answer.headers.get("content-encoding"), text: await answer.text() };
  };
  const [brotli, plain] = [await load("gzip, br"), await load("identity")];
  expect([brotli.encoding, plain.encoding]).toEqual(["br", null]);
  expect(brotli.text).toBe(plain.text);
  for (const path of ["/_next/static/../brotli/x.js", "/_next/static/%2e%2e/BUILD_ID", `${script}.br`]) {
    expect((await send(url + path, { headers: { "accept-encoding": "br" } })).status, path).toBe(404);
  }
});
