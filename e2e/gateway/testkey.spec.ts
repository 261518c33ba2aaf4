import { expect, type Gateway, test } from "../fixtures";
import { expectOwnAnswer, pizza, type Sending, send, statuses, wire } from "./client";
import { callWith, claimsOf, issued, jwt } from "./jwt";

const password = "correct horse battery";
const basic = (user: string, secret = password) => ({
  Authorization: `Basic ${Buffer.from(`${user}:${secret}`).toString("base64")}`,
});

function ask(
  url: string,
  form: Record<string, string> | null = {},
  { headers = basic("alice"), ...rest }: Sending = {},
) {
  const body = form ? new URLSearchParams(form).toString() : undefined;
  const type = form ? { "Content-Type": "application/x-www-form-urlencoded" } : {};
  return send(`${url}/testkey`, {
    method: "POST",
    body,
    headers: { ...type, ...(headers as object) },
    ...rest,
  });
}

/** A gateway with an API that needs a token, a user, and a key to sign with. */
async function ready(
  g: Gateway,
  { backend, database }: Pick<Parameters<Parameters<typeof test>[2]>[0], "backend" | "database">,
) {
  const one = await backend("one");
  await database.user("alice", password, "creator");
  await g.deploy(pizza([one], {}, jwt));
  await issued(g, database);
  return one;
}

test.use({ installation: "own" });

test.describe(() => {
  test.use({ installation: "common" });

  test("a publisher's user gets a token that opens an API, and nothing but the token", async ({
    backend,
    gateway,
    database,
  }) => {
    const g = await gateway();
    await ready(g, { backend, database });
    const answer = await ask(g.httpsUrl);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(answer.headers).toMatchObject({
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
    });
    const claims = claimsOf(answer.body);
    expect(claims).toMatchObject({
      iss: "sluice",
      sub: "alice",
      azp: "testkey:alice",
      keytype: "PRODUCTION",
    });
    expect(Number(claims.exp) - Number(claims.nbf)).toBe(3600);
    expect((await callWith(g, answer.body)).status).toBe(200);
    // Without a form, and with all of it; the name in any case.
    expect((await ask(g.url, null, { headers: basic("Alice") })).status).toBe(200);
    const full = await ask(g.url, { keytype: "SANDBOX", validity_period: "60", scope: "a b" });
    const asked = claimsOf(full.body);
    expect(asked).toMatchObject({ keytype: "SANDBOX", scope: "a b" });
    expect(Number(asked.exp) - Number(asked.nbf)).toBe(60);
    expectOwnAnswer(await callWith(g, full.body), 403, "900901");
  });

  test("fields that make no sense are refused with a sentence", async ({ backend, gateway, database }) => {
    const g = await gateway();
    await ready(g, { backend, database });
    const forms: Record<string, string>[] = [
      { keytype: "TEST" },
      { validity_period: "0" },
      { validity_period: "86401" },
      { validity_period: "soon" },
      { validity_period: "1.5" },
    ];
    for (const form of forms) {
      expectOwnAnswer(await ask(g.url, form), 400, "900901");
    }
    expectOwnAnswer(
      await send(`${g.url}/testkey`, {
        method: "POST",
        body: "{}",
        headers: { ...basic("alice"), "Content-Type": "application/json" },
      }),
      400,
      "900901",
    );
    expectOwnAnswer(await ask(g.url, { scope: "x".repeat(5_000) }), 413, "102511");
  });

  test("an API that is deployed at /testkey is not hidden", async ({ backend, gateway }) => {
    const one = await backend("one");
    const g = await gateway();
    await g.deploy(pizza([one], {}, { context: "/testkey", isDefaultVersion: true }));
    const answer = await ask(g.url);
    expect(JSON.parse(answer.body)).toMatchObject({ backend: "one" });
  });

  test("test keys end with their user's revocation", async ({ backend, gateway, database }) => {
    const g = await gateway();
    await ready(g, { backend, database });
    const { body: token } = await ask(g.url);
    expect((await callWith(g, token)).status).toBe(200);
    await g.reaches(await database.revokeClient("testkey:alice"));
    expect((await callWith(g, token)).status).toBe(401);
    expect((await callWith(g, (await ask(g.url)).body)).status).toBe(200);
  });

  test("a caller who does not finish the form is answered, not waited for", async ({ gateway, database }) => {
    await database.user("alice", password, "admin");
    const g = await gateway();
    const line = await wire(g.url);
    line.write(
      `POST /testkey HTTP/1.1\r\nHost: gw\r\nAuthorization: ${basic("alice").Authorization}\r\nContent-Length: 10\r\n\r\nkey`,
    );
    await expect.poll(() => statuses(line.received())).toEqual([408]);
    line.socket.destroy();
  });
});

test("wrong, unknown, disabled and missing users get nothing", async ({ backend, gateway, database }) => {
  const g = await gateway();
  await ready(g, { backend, database });
  await database.user("gone", password, "admin");
  await database.sql(`UPDATE "User" SET "disabled" = true WHERE "username" = 'gone'`);
  const given = [
    basic("alice", "wrong"),
    basic("nobody"),
    basic("gone"),
    basic("alice", ""),
    { Authorization: "Bearer x" },
    {},
    { Authorization: "Basic !!!" },
  ];
  for (const headers of given) {
    const answer = await ask(g.url, {}, { headers });
    expectOwnAnswer(answer, 401, "900901");
    expect(answer.headers["www-authenticate"]).toBe('Basic realm="Sluice", charset="UTF-8"');
  }
  expect(g.output()).not.toContain("horse");
});

test("guessing is slowed down for the user and for the address, while the right password goes on working elsewhere", async ({
  backend,
  gateway,
  database,
}) => {
  const g = await gateway({ GATEWAY_TRUSTED_PROXIES: "127.0.0.1" });
  await ready(g, { backend, database });
  await database.user("bob", password, "admin");
  const from = (address: string, user: string, secret: string) =>
    ask(g.url, {}, { headers: { ...basic(user, secret), "X-Forwarded-For": address } });
  // All at once: what is under way counts.
  const guesses = await Promise.all(
    Array.from({ length: 8 }, (_, i) => from("10.0.0.1", "alice", `guess ${i}`)),
  );
  expect(guesses.map((answer) => answer.status).sort()).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
  const refused = await from("10.0.0.2", "alice", password);
  expectOwnAnswer(refused, 429, "900802");
  expect(Number(refused.headers["retry-after"])).toBeGreaterThan(30);
  // Others at the same address may, until that has failed too often; successes do not count.
  for (let i = 0; i < 6; i++) expect((await from("10.0.0.1", "bob", password)).status).toBe(200);
  for (let i = 0; i < 15; i++) expect((await from("10.0.0.1", `someone-${i}`, "x")).status).toBe(401);
  expect((await from("10.0.0.1", "bob", password)).status).toBe(429);
  expect((await from("10.0.0.3", "bob", password)).status).toBe(200);
});

test("the right password works as often at once as is asked", async ({ backend, gateway, database }) => {
  const g = await gateway();
  await ready(g, { backend, database });
  const answers = await Promise.all(
    Array.from({ length: 30 }, () => ask(g.url, { keytype: "SANDBOX" }, { headers: basic("alice") })),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(30).fill(200));
  // Those among wrong ones too, as long as these are fewer than end it.
  const mixed = await Promise.all(
    Array.from({ length: 12 }, (_, i) =>
      ask(g.url, { keytype: "SANDBOX" }, { headers: basic("alice", i % 3 === 0 ? "wrong" : password) }),
    ),
  );
  expect(mixed.map(({ status }) => status).sort()).toEqual([...Array(8).fill(200), ...Array(4).fill(401)]);
});

test("over HTTP test keys are made on loopback only", async ({ backend, gateway, database }) => {
  const g = await gateway({ GATEWAY_HOST: "0.0.0.0" });
  await ready(g, { backend, database });
  expectOwnAnswer(await ask(g.url), 403, "900901");
  expect((await ask(g.httpsUrl)).status).toBe(200);
});

test("test keys can be switched off, and are no page beside POST /testkey", async ({
  backend,
  gateway,
  database,
}) => {
  const off = await gateway({ GATEWAY_TEST_KEY: "off" });
  await ready(off, { backend, database });
  expectOwnAnswer(await ask(off.url), 404, "404");
  const on = await gateway();
  expectOwnAnswer(await send(`${on.url}/testkey`), 404, "404");
  expectOwnAnswer(await send(`${on.url}/testkey/`, { method: "POST", headers: basic("alice") }), 404, "404");
  expectOwnAnswer(await send(`${on.url}/testkey?x`, { method: "POST", headers: basic("alice") }), 404, "404");
});

test("without a signing key there is an answer that says so", async ({ gateway, database }) => {
  await database.user("alice", password, "admin");
  const g = await gateway();
  const answer = await ask(g.url);
  expectOwnAnswer(answer, 503, "900900");
});

test("a gateway of another secret says so, and tokens of the publisher go on", async ({
  backend,
  gateway,
  database,
}) => {
  const other = await gateway({ SLUICE_SECRET: "another secret of 32 characters" });
  await ready(other, { backend, database });
  expect((await ask(other.httpsUrl)).status).toBe(503);
  expect(other.output()).toContain(
    "The signing key cannot be opened: give gateway and publisher the same SLUICE_SECRET.",
  );
  expect((await callWith(other, (await issued(other, database)).token)).status).toBe(200);
});
