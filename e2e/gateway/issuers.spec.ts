import { createServer } from "node:http";
import { expect, test } from "../fixtures";
import { freePort } from "../ports";
import { pizza } from "./client";
import { callWith, expectInvalid, issued, jwksServer, jwt, type Signer, signer } from "./jwt";

const iss = "https://login.example";

test("tokens of another issuer are accepted by its published keys, whichever algorithm", async ({
  backend,
  gateway,
  database,
}) => {
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
  expectInvalid(await callWith(g, await ec.sign({ ...claims, exp: now - 1 })), /expired/);
  expectInvalid(await callWith(g, await ec.sign({ ...claims, exp: undefined })), /lacks a claim/);
  expectInvalid(await callWith(g, await ec.sign({ ...claims, nbf: now + 60 })), /not valid yet/);
  expectInvalid(await callWith(g, await ec.sign({ ...claims, keytype: "OTHER" })), /another form/);

  await g.reaches(await database.deleteIssuer(id));
  expectInvalid(await callWith(g, token), /issuer/);
  await jwks.stop();
});

test("an issuer may be bound to audiences, and switched off", async ({ backend, gateway, database }) => {
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
  for (const [key, description] of [
    [encrypting, /key is not known/],
    [curve, /RS256 or ES256/],
  ] as [Signer, RegExp][]) {
    expectInvalid(await callWith(g, await key.sign({ iss })), description);
  }
  await jwks.stop();

  // A document without an end, a redirect: neither is followed, and the gateway says so.
  const server = createServer((req, res) => {
    if (req.url === "/moved") res.writeHead(302, { Location: "/jwks" }).end();
    else {
      const more = () => res.write(" ".repeat(64 * 1024), () => !res.destroyed && more());
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
