import { createServer } from "node:http";
import { algorithms } from "#lib/access/jwk";
import { BOTH, expect, test } from "../fixtures";
import { freePort } from "../ports";
import { authority, signed } from "./certificate";
import { pizza } from "./client";
import { callWith, expectInvalid, issued, jwksServer, jwt, signer } from "./jwt";

const iss = "https://login.example";

test("tokens of another issuer are accepted by its published keys, whichever algorithm", {
  tag: BOTH,
}, async ({ backend, gateway, database }) => {
  const one = await backend("one");
  const [ec, rsa] = [await signer("ES256"), await signer("RS256")];
  const jwks = await jwksServer([ec.jwk, rsa.jwk]);
  const g = await gateway();
  await g.deploy(pizza([one], {}, jwt));
  // Refused until the issuer is entered, and accepted from then on although the refusal was remembered.
  const claims = { iss, sub: "alice", client_id: "web", scope: ["a", "b"] };
  const token = await ec.sign(claims);
  expectInvalid(await callWith(g, token), /issuer/);
  const { id, generation } = await database.issuer({ name: "Login", issuer: iss, jwksUrl: jwks.url });
  await g.reaches(generation);
  expect((await callWith(g, token)).status).toBe(200);
  expect((await callWith(g, await rsa.sign(claims))).status).toBe(200);
  // A key names its algorithm; nothing else is verified with it.
  expectInvalid(await callWith(g, await rsa.sign(claims, { kid: ec.kid })), /key is not known/);
  expectInvalid(await callWith(g, await ec.sign({ ...claims, iss: `${iss}/` })), /issuer/);
  expectInvalid(await callWith(g, await ec.sign({ ...claims, iss: "sluice" })), /key is not known/);
  expectInvalid(await callWith(g, await ec.sign({ ...claims, iss: undefined })), /lacks a claim/);
  expectInvalid(await callWith(g, await ec.sign({ ...claims, token_type: "InternalKey" })), /internal key/);
  const now = Math.floor(Date.now() / 1000);
  expectInvalid(await callWith(g, await ec.sign({ ...claims, exp: now - 31 })), /expired/);
  expectInvalid(await callWith(g, await ec.sign({ ...claims, exp: undefined })), /lacks a claim/);
  expectInvalid(await callWith(g, await ec.sign({ ...claims, nbf: now + 60 })), /not valid yet/);
  expectInvalid(await callWith(g, await ec.sign({ ...claims, keytype: "OTHER" })), /another form/);

  await g.reaches(await database.deleteIssuer(id));
  expectInvalid(await callWith(g, token), /issuer/);
  await jwks.stop();
});

test("an issuer may be bound to audiences, and switched off", { tag: BOTH }, async ({
  backend,
  gateway,
  database,
}) => {
  const one = await backend("one");
  const key = await signer();
  const jwks = await jwksServer([key.jwk]);
  const g = await gateway();
  await g.deploy(pizza([one], {}, jwt));
  const issuer = { name: "Login", issuer: iss, jwksUrl: jwks.url, audiences: ["sluice", "shop"] };
  const { id, generation } = await database.issuer(issuer);
  await g.reaches(generation);
  const [right, wrong] = [await key.sign({ iss, aud: ["x", "shop"] }), await key.sign({ iss, aud: "x" })];
  expect((await callWith(g, right)).status).toBe(200);
  expectInvalid(await callWith(g, wrong), /audience/);
  expectInvalid(await callWith(g, await key.sign({ iss })), /audience/);
  await g.reaches((await database.issuer({ ...issuer, audiences: [] }, id)).generation);
  expect((await callWith(g, wrong)).status).toBe(200);
  // The keys that were there are still used.
  expect(jwks.asked()).toBe(1);
  await g.reaches((await database.issuer({ ...issuer, enabled: false }, id)).generation);
  expectInvalid(await callWith(g, right), /issuer/);
  await jwks.stop();
});

test("a new key is found when a token names it, without asking for every invented one", async ({
  backend,
  gateway,
  database,
}) => {
  const one = await backend("one");
  const [before, after] = [await signer(), await signer()];
  const jwks = await jwksServer([before.jwk]);
  const g = await gateway();
  await g.deploy(pizza([one], {}, jwt));
  await g.reaches((await database.issuer({ name: "Login", issuer: iss, jwksUrl: jwks.url })).generation);
  const old = await before.sign({ iss });
  expect((await callWith(g, old)).status).toBe(200);
  jwks.keys = [before.jwk, after.jwk];
  expect((await callWith(g, await after.sign({ iss }))).status).toBe(200);
  expect(jwks.asked()).toBe(2);
  for (let i = 0; i < 5; i++) {
    expectInvalid(await callWith(g, await after.sign({ iss }, { kid: `invented-${i}` })), /key is not known/);
  }
  expect(jwks.asked()).toBe(2);
  await jwks.stop();
  // While its server is away, the keys go on verifying.
  expect((await callWith(g, await before.sign({ iss, sub: "new" }))).status).toBe(200);
});

test("a withdrawn key ends the tokens that it signed", async ({ backend, gateway, database }) => {
  const one = await backend("one");
  const [before, after] = [await signer(), await signer()];
  const jwks = await jwksServer([before.jwk]);
  const g = await gateway();
  await g.deploy(pizza([one], {}, jwt));
  await g.reaches((await database.issuer({ name: "Login", issuer: iss, jwksUrl: jwks.url })).generation);
  const old = await before.sign({ iss });
  expect((await callWith(g, old)).status).toBe(200);
  jwks.keys = [after.jwk];
  expect((await callWith(g, await after.sign({ iss }))).status).toBe(200);
  expectInvalid(await callWith(g, old), /key is not known/);
  await jwks.stop();
});

test("an issuer that is away when the gateway starts is asked again until it answers", async ({
  backend,
  gateway,
  database,
}) => {
  const one = await backend("one");
  const key = await signer();
  const port = await freePort();
  await database.issuer({ name: "Login", issuer: iss, jwksUrl: `http://127.0.0.1:${port}/jwks` });
  const g = await gateway();
  await g.deploy(pizza([one], {}, jwt));
  const token = await key.sign({ iss });
  expectInvalid(await callWith(g, token), /key is not known/);
  // The others are not affected.
  expect((await callWith(g, (await issued(g, database)).token)).status).toBe(200);
  const jwks = await jwksServer([key.jwk], port);
  await expect.poll(async () => (await callWith(g, token)).status, { timeout: 20_000 }).toBe(200);
  await jwks.stop();
});

test("keys that cannot be used, and documents that are none, are passed over", async ({
  backend,
  gateway,
  database,
}) => {
  const one = await backend("one");
  const [good, encrypting, single] = [await signer(), await signer(), await signer("RS256")];
  const curve = await signer("ES384");
  const jwks = await jwksServer([
    { kty: "oct", k: "c2VjcmV0", kid: "shared", alg: "HS256" },
    { ...encrypting.jwk, use: "enc" },
    curve.jwk,
    { kty: "EC", kid: "broken", crv: "P-256", x: "AA", y: "AA" },
    "nonsense" as never,
    good.jwk,
    // Neither name nor algorithm: both follow, as long as it is the only one of its kind.
    { kty: single.jwk.kty!, n: single.jwk.n!, e: single.jwk.e! },
  ]);
  const g = await gateway();
  await g.deploy(pizza([one], {}, jwt));
  await g.reaches((await database.issuer({ name: "Login", issuer: iss, jwksUrl: jwks.url })).generation);
  expect((await callWith(g, await good.sign({ iss }))).status).toBe(200);
  expect((await callWith(g, await single.sign({ iss }, { kid: undefined }))).status).toBe(200);
  expect((await callWith(g, await curve.sign({ iss }))).status).toBe(200);
  expectInvalid(await callWith(g, await encrypting.sign({ iss })), /key is not known/);
  await jwks.stop();

  // A document without an end, a redirect: neither is followed, and the gateway says so.
  const server = createServer((req, res) => {
    if (req.url === "/moved") res.writeHead(302, { Location: "/jwks" }).end();
    else {
      // The socket's word: the answer hears of its end later, and not at all while each write calls the next.
      const more = () => res.write(" ".repeat(64 * 1024), () => !req.socket.destroyed && more());
      more();
    }
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  for (const path of ["moved", "endless"]) {
    const jwksUrl = `http://127.0.0.1:${port}/${path}`;
    await g.reaches((await database.issuer({ name: path, issuer: path, jwksUrl })).generation);
    await expect.poll(() => g.output()).toContain(`The keys at ${jwksUrl} cannot be read`);
    expectInvalid(await callWith(g, await good.sign({ iss: path })), /key is not known/);
  }
  server.close();
  server.closeAllConnections();
});

test.describe(() => {
  test.use({ installation: "own" });

  test("clocks may differ by as much as is configured", async ({ backend, gateway, database }) => {
    const one = await backend("one");
    const key = await signer();
    const jwks = await jwksServer([key.jwk]);
    const g = await gateway({ GATEWAY_CLOCK_SKEW: "60" });
    await g.deploy(pizza([one], {}, jwt));
    await g.reaches((await database.issuer({ name: "Login", issuer: iss, jwksUrl: jwks.url })).generation);
    const now = Math.floor(Date.now() / 1000);
    expect((await callWith(g, await key.sign({ iss, exp: now - 30 }))).status).toBe(200);
    expect((await callWith(g, await key.sign({ iss, nbf: now + 30 }))).status).toBe(200);
    expectInvalid(await callWith(g, await key.sign({ iss, exp: now - 61 })), /expired/);
    expectInvalid(await callWith(g, await key.sign({ iss, nbf: now + 90 })), /not valid yet/);
    await jwks.stop();
  });
});

test("a token without the name of its key is verified with each key that its algorithm fits", async ({
  backend,
  gateway,
  database,
}) => {
  const one = await backend("one");
  const [first, second, rsa, stranger] = [
    await signer(),
    await signer("ES256", "twice"),
    await signer("RS256"),
    await signer("ES256", "twice"),
  ];
  const bare = [first, second, rsa].map(({ jwk: { kid: _, ...rest } }) => rest);
  const jwks = await jwksServer(bare as (typeof first.jwk)[]);
  const g = await gateway();
  await g.deploy(pizza([one], {}, jwt));
  await g.reaches((await database.issuer({ name: "Login", issuer: iss, jwksUrl: jwks.url })).generation);
  const nameless = { kid: undefined };
  for (const key of [first, second, rsa]) {
    expect((await callWith(g, await key.sign({ iss }, nameless))).status).toBe(200);
  }
  expectInvalid(await callWith(g, await stranger.sign({ iss }, nameless)), /signature/);
  await jwks.stop();

  // One name on several keys, of which one is even of another algorithm.
  const other = await signer("ES384", "twice");
  const doubled = await jwksServer([second.jwk, other.jwk, stranger.jwk]);
  const twice = "https://twice.example";
  await g.reaches((await database.issuer({ name: "Twice", issuer: twice, jwksUrl: doubled.url })).generation);
  for (const key of [second, stranger, other]) {
    expect((await callWith(g, await key.sign({ iss: twice }))).status).toBe(200);
  }
  expectInvalid(await callWith(g, await first.sign({ iss: twice }, { kid: "twice" })), /signature/);
  await doubled.stop();
});

test("a nameless key that was replaced is found, as one with a name is", async ({
  backend,
  gateway,
  database,
}) => {
  const one = await backend("one");
  const [before, after] = [await signer(), await signer()];
  const nameless = ({ jwk: { kid: _, ...rest } }: typeof before) => rest as typeof before.jwk;
  const jwks = await jwksServer([nameless(before)]);
  const g = await gateway();
  await g.deploy(pizza([one], {}, jwt));
  await g.reaches((await database.issuer({ name: "Login", issuer: iss, jwksUrl: jwks.url })).generation);
  expect((await callWith(g, await before.sign({ iss }, { kid: undefined }))).status).toBe(200);
  jwks.keys = [nameless(after)];
  expect((await callWith(g, await after.sign({ iss }, { kid: undefined }))).status).toBe(200);
  await jwks.stop();
});

test("every accepted algorithm verifies with the keys that it belongs to, and no others", async ({
  backend,
  gateway,
  database,
}) => {
  const one = await backend("one");
  const keys = await Promise.all(algorithms.map((alg) => signer(alg, alg)));
  const rsa = keys.find(({ kid }) => kid === "RS256")!;
  const { alg: _, ...any } = { ...rsa.jwk, kid: "any" };
  const jwks = await jwksServer([...keys.map(({ jwk }) => jwk), any]);
  const g = await gateway();
  await g.deploy(pizza([one], {}, jwt));
  await g.reaches((await database.issuer({ name: "Login", issuer: iss, jwksUrl: jwks.url })).generation);
  for (const key of keys) {
    expect((await callWith(g, await key.sign({ iss }))).status, key.kid).toBe(200);
  }
  for (const alg of ["RS384", "PS512"]) {
    // An RSA key that names no algorithm fits them all; one that does, fits that alone.
    expect((await callWith(g, await rsa.sign({ iss }, { alg, kid: "any" }))).status, alg).toBe(200);
    expectInvalid(await callWith(g, await rsa.sign({ iss }, { alg })), /key is not known/);
  }
  const ec = keys.find(({ kid }) => kid === "ES256")!;
  expectInvalid(await callWith(g, await ec.sign({ iss }, { kid: "ES384" })), /key is not known/);
  expectInvalid(await callWith(g, await ec.sign({ iss }, { kid: "any" })), /key is not known/);
  await jwks.stop();
});

test("scopes count in scope and in scp, as text and as list, 4500 characters of them too", async ({
  backend,
  gateway,
  database,
}) => {
  const one = await backend("one");
  const key = await signer();
  const jwks = await jwksServer([key.jwk]);
  const g = await gateway();
  const resources = [{ method: "GET" as const, path: "/menu", scopes: ["menu:read"] }];
  await g.deploy(pizza([one], {}, { ...jwt, resources }));
  await g.reaches((await database.issuer({ name: "Login", issuer: iss, jwksUrl: jwks.url })).generation);
  const many = Array.from({ length: 450 }, (_, i) => `scope:${String(i).padStart(3, "0")}`);
  for (const claims of [
    { scp: "other menu:read" },
    { scp: ["menu:read"] },
    { scope: "other", scp: ["menu:read"] },
    { scope: ["menu:read"], scp: { no: "scopes" } },
    { scope: [...many, "menu:read"].join(" ") },
    { scp: [...many, "menu:read"], sub: "s".repeat(2_500) },
  ]) {
    const answer = await callWith(g, await key.sign({ iss, ...claims }));
    expect(answer.status, JSON.stringify(claims).slice(0, 60)).toBe(200);
  }
  expect((await callWith(g, await key.sign({ iss, scp: ["menu:write"] }))).status).toBe(403);
  expect((await callWith(g, await key.sign({ iss, scp: 7 }))).status).toBe(403);
  await jwks.stop();
});

test("another issuer's clock may be half a minute off, ours not at all", async ({
  backend,
  gateway,
  database,
}) => {
  const one = await backend("one");
  const key = await signer();
  const jwks = await jwksServer([key.jwk]);
  const g = await gateway();
  await g.deploy(pizza([one], {}, jwt));
  await g.reaches((await database.issuer({ name: "Login", issuer: iss, jwksUrl: jwks.url })).generation);
  const now = Math.floor(Date.now() / 1000);
  const late = await key.sign({ iss, exp: now - 3 });
  // The second time from what is remembered.
  expect((await callWith(g, late)).status).toBe(200);
  expect((await callWith(g, late)).status).toBe(200);
  expect((await callWith(g, await key.sign({ iss, nbf: now + 3, iat: now + 3 }))).status).toBe(200);
  expectInvalid(await callWith(g, await key.sign({ iss, exp: now - 31 })), /expired/);
  expectInvalid(await callWith(g, await key.sign({ iss, nbf: now + 60 })), /not valid yet/);
  // A remembered token ends when its time and the difference are over.
  const ending = await key.sign({ iss, exp: now - 28 });
  expect((await callWith(g, ending)).status).toBe(200);
  await expect.poll(async () => (await callWith(g, ending)).status, { intervals: [100] }).toBe(401);
  expect(Date.now()).toBeGreaterThanOrEqual((now + 2) * 1000);
  const own = await issued(g, database, { validitySeconds: 1 });
  await expect.poll(async () => (await callWith(g, own.token)).status, { intervals: [50] }).toBe(401);
  expect(Date.now() - own.expiresAt).toBeLessThan(10_000);
  await jwks.stop();
});

test.describe(() => {
  test.use({ installation: "own" });

  test("no difference of clocks is allowed where it is set to 0", async ({ backend, gateway, database }) => {
    const one = await backend("one");
    const key = await signer();
    const jwks = await jwksServer([key.jwk]);
    const g = await gateway({ GATEWAY_CLOCK_SKEW: "0" });
    await g.deploy(pizza([one], {}, jwt));
    await g.reaches((await database.issuer({ name: "Login", issuer: iss, jwksUrl: jwks.url })).generation);
    const now = Math.floor(Date.now() / 1000);
    expectInvalid(await callWith(g, await key.sign({ iss, exp: now - 1 })), /expired/);
    expectInvalid(await callWith(g, await key.sign({ iss, nbf: now + 20 })), /not valid yet/);
    await jwks.stop();
  });
});

test("keys behind a private authority are read once its certificate is added, and why not is told before", {
  tag: BOTH,
}, async ({ backend, gateway, database }) => {
  const one = await backend("one");
  const key = await signer();
  const jwks = await jwksServer([key.jwk], undefined, signed);
  const g = await gateway();
  await g.deploy(pizza([one], {}, jwt));
  await g.reaches((await database.issuer({ name: "Login", issuer: iss, jwksUrl: jwks.url })).generation);
  const told = async () => (await g.status()).issuers;
  await expect
    .poll(told)
    .toEqual([
      { issuer: iss, jwksUrl: jwks.url, keys: 0, problem: "TLS: its certificate is from an unknown issuer" },
    ]);
  const token = await key.sign({ iss });
  expectInvalid(await callWith(g, token), /key is not known/);
  const { origin } = new URL(jwks.url);
  await database.trust({ origin, alias: "login", certificate: authority.cert });
  await expect.poll(async () => (await callWith(g, token)).status).toBe(200);
  expect(await told()).toEqual([{ issuer: iss, jwksUrl: jwks.url, keys: 1, problem: null }]);
  await jwks.stop();
});

test.describe(() => {
  test.use({ installation: "own" });

  test("addresses of cloud metadata and denied hosts are not asked for keys", async ({
    gateway,
    database,
  }) => {
    const jwks = await jwksServer([(await signer()).jwk]);
    const g = await gateway({ CHECK_DENY_HOSTS: "127.0.0.1" });
    const urls: Record<string, RegExp> = {
      "http://169.254.169.254/keys": /^Link-local and cloud metadata addresses are refused/,
      "http://[::ffff:169.254.169.254]/keys": /^Link-local/,
      "http://2852039166/keys": /^Link-local/,
      "http://[fd00:ec2::254]/keys": /^Link-local/,
      [jwks.url]: /^This host may not be asked/,
      [jwks.url.replace("127.0.0.1", "localhost")]: /^This host may not be asked/,
    };
    let generation = 0;
    for (const jwksUrl of Object.keys(urls)) {
      ({ generation } = await database.issuer({ name: jwksUrl.slice(0, 60), issuer: jwksUrl, jwksUrl }));
    }
    await g.reaches(generation);
    for (const [jwksUrl, words] of Object.entries(urls)) {
      const problem = async () =>
        (await g.status()).issuers.find((one) => one.issuer === jwksUrl)?.problem ?? "";
      await expect.poll(problem, { message: jwksUrl }).toMatch(words);
    }
    expect(jwks.asked()).toBe(0);
    await jwks.stop();
  });
});

test.describe(() => {
  test.use({ installation: "own" });

  test("with an allow list only its hosts are asked for keys", async ({ gateway, database }) => {
    const jwks = await jwksServer([(await signer()).jwk]);
    const g = await gateway({ CHECK_ALLOW_HOSTS: "localhost" });
    const allowed = jwks.url.replace("127.0.0.1", "localhost");
    await database.issuer({ name: "denied", issuer: "denied", jwksUrl: jwks.url });
    const { generation } = await database.issuer({ name: "allowed", issuer: "allowed", jwksUrl: allowed });
    await g.reaches(generation);
    const told = async () =>
      Object.fromEntries(
        (await g.status()).issuers.map(({ issuer, keys, problem }) => [issuer, { keys, problem }]),
      );
    await expect.poll(told).toEqual({
      denied: { keys: 0, problem: "This host may not be asked from here." },
      allowed: { keys: 1, problem: null },
    });
    expect(jwks.asked()).toBe(1);
    await jwks.stop();
  });
});
