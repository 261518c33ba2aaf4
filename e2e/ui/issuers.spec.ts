import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { resultOf } from "../actions";
import { expect, test } from "../fixtures";
import { authority, signed } from "../gateway/certificate";
import { jwksServer } from "../gateway/jwt";
import { send } from "../http";
import { apiWith } from "../pages/apis";

test("another issuer is added, checked, switched off and deleted, and its tokens follow", async ({
  page,
  backend,
  gateway,
  publisher,
}) => {
  test.slow();
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: "k1", alg: "ES256", use: "sig" }] };
  const issuer = await backend("issuer", { handler: (_req, res) => res.end(JSON.stringify(jwks)) });
  const a = await backend("a");
  const g = await gateway();
  const { url } = await publisher();
  await g.deploy({ ...apiWith([a.url]), security: { kind: "jwt" } });
  const token = await new SignJWT({ sub: "dana" })
    .setProtectedHeader({ alg: "ES256", kid: "k1" })
    .setIssuer("https://idp.example")
    .setExpirationTime("1h")
    .sign(privateKey);
  const status = async () =>
    (await fetch(`${g.url}/orders/1.0.0/`, { headers: { Authorization: `Bearer ${token}` } })).status;
  expect(await status()).toBe(401);

  await page.goto(`${url}/settings`);
  await page.getByRole("link", { name: "Token issuers" }).click();
  await expect(page.getByText("None yet.")).toBeVisible();
  await expect(page.getByRole("group", { name: "JWKS URL" })).toHaveText(`${url}/oauth2/jwks`);
  await expect(page.getByRole("group", { name: "token endpoint" })).toHaveText(`${url}/oauth2/token`);
  await page.getByRole("button", { name: "Add issuer" }).click();
  const dialog = page.getByRole("dialog", { name: "Add issuer" });
  await dialog.getByRole("button", { name: "Add issuer" }).click();
  await expect(dialog.getByText("Enter a name.")).toBeVisible();
  await page.keyboard.type("Company login");
  await dialog.getByLabel("Issuer").fill("https://idp.example");
  await dialog.getByLabel("JWKS URL").fill(issuer.url);
  await page.keyboard.press("Enter");
  const row = page.getByRole("listitem", { name: "Company login" });
  await expect(row).toContainText("Any audience");
  // Nobody has to ask whether its keys can be read: not when it is new, not when they are elsewhere.
  const keys = row.getByRole("status");
  await expect(keys).toHaveText("1 key that tokens can be checked with.");
  const edit = async (jwksUrl: string) => {
    await row.getByRole("button", { name: "Edit Company login" }).click();
    await page.getByRole("dialog").getByLabel("JWKS URL").fill(jwksUrl);
    await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  };
  await edit(a.url);
  await expect(keys).toHaveText("The answer is no key set (JWKS).");
  await edit(issuer.url);
  await expect(keys).toHaveText("1 key that tokens can be checked with.");
  await row.getByRole("button", { name: "Check Company login" }).click();
  await expect(keys).toHaveText("1 key that tokens can be checked with.");
  await expect.poll(status).toBe(200);

  await row.getByRole("switch").uncheck();
  await expect(page.getByTestId("announcements")).toHaveText("Company login is off.");
  await expect.poll(status).toBe(401);
  await row.getByRole("button", { name: "Edit Company login" }).click();
  await page.getByRole("dialog").getByLabel("Audiences").fill("shop");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await expect(row).toContainText("Audiences: shop");
  await row.getByRole("button", { name: "Delete Company login" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete issuer" }).click();
  await expect(page.getByText("None yet.")).toBeVisible();
});

test("a check says in words what is wrong with an issuer's keys", async ({
  page,
  backend,
  publisher,
  database,
}) => {
  const idp = await backend("idp");
  const { url } = await publisher();
  const named = { name: "Other", issuer: "https://idp.example" };
  const { id } = await database.issuer({ ...named, jwksUrl: idp.url });
  await page.goto(`${url}/settings/issuers`);
  const row = page.getByRole("listitem", { name: "Other" });
  const told = async (words: string | RegExp) => {
    await row.getByRole("button", { name: "Check Other" }).click();
    await expect(row.getByRole("status")).toHaveText(words);
  };
  await told("The answer is no key set (JWKS).");
  idp.answer((_req, res) => res.end('{"keys":[{"kty":"oct"}]}'));
  await told(/^The key set has no key that tokens could be checked with/);
  idp.answer((_req, res) => res.writeHead(302, { location: "/x" }).end());
  await told("The answer is 302, not 200. Redirects are not followed: enter the address that it leads to.");
  idp.answer((_req, res) => res.end(" ".repeat(300_000)));
  await told("The answer is larger than 256 KiB.");
  await idp.kill();
  await told("Connection refused");
  for (const jwksUrl of ["http://169.254.169.254/keys", "http://[::ffff:169.254.169.254]/keys"]) {
    await database.issuer({ ...named, jwksUrl }, id);
    await page.reload();
    await told("Link-local and cloud metadata addresses are refused.");
  }
});

test("keys behind a private authority count once its certificate is added, for the check as for the gateway", async ({
  gateway,
  publisher,
  database,
}) => {
  const { publicKey } = await generateKeyPair("Ed25519");
  const idp = await jwksServer([{ ...(await exportJWK(publicKey)), kid: "k1" }], undefined, signed);
  const g = await gateway();
  const { url, signIn } = await publisher();
  const { cookie } = await signIn();
  const issuer = { name: "Login", issuer: "https://idp.example", jwksUrl: idp.url };
  await g.reaches((await database.issuer(issuer)).generation);
  const page = async () => (await send(`${url}/settings/issuers`, { headers: { cookie } })).text;
  const check = () => resultOf(url, "/settings/issuers", cookie, "checkIssuer", idp.url);
  const words = "TLS: its certificate is from an unknown issuer";
  await expect.poll(page).toContain(words);
  expect(await check()).toEqual({ ok: true, state: "down", message: words });
  const { origin } = new URL(idp.url);
  await database.trust({ origin, alias: "login", certificate: authority.cert });
  expect(await check()).toMatchObject({ state: "up", message: "1 key that tokens can be checked with." });
  await expect.poll(page).not.toContain(words);
  await idp.stop();
});
