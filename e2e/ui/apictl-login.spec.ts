import { Apictl, login, Problem } from "../apictl";
import { expect, test } from "../fixtures";

/** `apictl login -u -p`, a token before every command, and `apictl logout`, in the bytes of the tool. */

test.use({ signedIn: false });

const password = "a+b & c=d, 100% ü";

async function errorOf(answer: Response) {
  const { error } = (await answer.json()) as { error: string };
  return `${answer.status} ${error}`;
}

test("apictl logs in with name and password, works, and logs out", async ({ publisher, database }) => {
  const { url } = await publisher();
  await database.user("cook+1@pizza.example", password, "publisher");
  await database.user("waiter", password, "viewer");
  const user = "cook+1@pizza.example";
  const client = await login.registered(url, user, password);
  expect(client.clientName).toBe("rest_api_import_export_cook+1_pizza.example");
  // A second machine gets the same, so that the first one's goes on.
  expect(await login.registered(url, user, password)).toEqual(client);
  expect((await login.registered(url, `${user}@carbon.super`, password)).clientSecret).not.toBe("");

  const token = await login.token(url, client, user, password);
  const other = await login.token(url, client, `${user}@carbon.super`, password);
  expect((await new Apictl(url, token).list()).count).toBe(0);
  const before = await database.sql('SELECT "value" FROM "Generation"');
  const waiter = await login.registered(url, "waiter", password);
  expect(await errorOf(await login.revoke(url, waiter, token))).toBe("400 invalid_grant");
  expect((await new Apictl(url, token).call("/apis")).status).toBe(200);
  expect((await login.revoke(url, client, token)).status).toBe(200);
  expect((await login.revoke(url, client, token)).status).toBe(200);
  expect((await login.revoke(url, client, "no.token.atall")).status).toBe(200);
  const ended = await new Apictl(url, token).call("/apis");
  expect(Problem.parse(await ended.json())).toMatchObject({
    code: 900901,
    description: expect.stringContaining("log in"),
  });
  expect((await new Apictl(url, other).list()).count).toBe(0);
  // No gateway takes such tokens, so none has to learn of it.
  expect(await database.sql('SELECT "value" FROM "Generation"')).toEqual(before);

  // What it may do is what the role may.
  const reader = new Apictl(url, await login.token(url, waiter, "waiter", password));
  expect((await reader.list()).count).toBe(0);
  expect((await reader.delete("c0000000000000000000000")).status).toBe(403);

  await database.sql("UPDATE Account SET password = 'another:hash'");
  expect(await errorOf(await login.grant(url, client, user, password))).toBe("401 invalid_client");
  expect((await new Apictl(url, other).call("/apis")).status).toBe(401);
});

test("a registered client is nobody by itself, and no other user", async ({ publisher, database }) => {
  const { url } = await publisher();
  await database.user("cook", password, "publisher");
  await database.user("waiter", password, "viewer");
  const client = await login.registered(url, "cook", password);
  const ask = async (body: string, as = client, query = "") =>
    errorOf(await login.post(`${url}/oauth2/token${query}`, as, body));
  const words = encodeURIComponent(password);
  expect(await ask("grant_type=client_credentials")).toBe("400 unsupported_grant_type");
  expect(await ask("grant_type=refresh_token&refresh_token=x")).toBe("400 unsupported_grant_type");
  expect(await ask(`grant_type=password&username=waiter&password=${words}`)).toBe("400 invalid_grant");
  expect(await ask("grant_type=password&username=cook&password=wrong")).toBe("400 invalid_grant");
  const query = `?grant_type=password&username=cook&password=${words}`;
  expect(await ask("grant_type=password", client, query)).toBe("400 invalid_request");
  const waiter = await login.registered(url, "waiter", password);
  const mixed = { ...client, clientSecret: waiter.clientSecret };
  const grant = `grant_type=password&username=cook&password=${words}`;
  expect(await ask(grant, mixed)).toBe("401 invalid_client");
  const [, named = "", mac = ""] = client.clientId.split(".");
  const forged = Buffer.from('["waiter","x"]').toString("base64url");
  for (const clientId of [`dcr.${forged}.${mac}`, `dcr.${named}`, "dcr.", `dcr.${named}.${"A".repeat(43)}`])
    expect(await ask(grant, { ...client, clientId }), clientId).toBe("401 invalid_client");

  const wrong = await login.register(url, "cook", "wrong");
  expect([wrong.status, Problem.parse(await wrong.json()).code]).toEqual([401, 900901]);
  const bare = { method: "POST", body: '{"clientName":"x"}' };
  expect((await fetch(`${url}/client-registration/v0.17/register`, bare)).status).toBe(401);
  const long = "n".repeat(64);
  await database.user(long, password, "viewer");
  expect((await login.register(url, long, password)).status).toBe(400);
  await database.sql("UPDATE \"User\" SET disabled = TRUE WHERE username = 'cook'");
  expect(await ask(grant)).toBe("401 invalid_client");
  expect((await login.register(url, "cook", password)).status).toBe(401);
});

test.describe("limits", () => {
  // The name has to wait afterwards, whoever signs in with it.
  test.use({ installation: "own" });

  test("guessing by registration and by grant counts as guessing anywhere", async ({
    publisher,
    database,
  }) => {
    const { url } = await publisher();
    await database.user("cook", password, "publisher");
    const client = await login.registered(url, "cook", password);
    for (let i = 0; i < 4; i++) {
      expect((await login.register(url, "cook", "wrong")).status).toBe(401);
      expect(await errorOf(await login.grant(url, client, "cook", "wrong"))).toBe("400 invalid_grant");
    }
    const registered = await login.register(url, "cook", "wrong again");
    expect([registered.status, registered.headers.get("retry-after")]).toEqual([429, expect.any(String)]);
    const granted = await login.grant(url, client, "cook", "wrong again");
    expect(granted.headers.get("retry-after")).not.toBeNull();
    expect(await errorOf(granted)).toBe("429 temporarily_unavailable");
  });
});
