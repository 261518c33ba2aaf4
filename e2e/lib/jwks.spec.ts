import { expect, test } from "@playwright/test";
import { readJwk } from "#lib/access/jwk";

const rsa = { kty: "RSA", n: "n", e: "AQAB" };
const ec = { kty: "EC", crv: "P-256", x: "x", y: "y" };
const algorithmsOf = (jwk: unknown) => readJwk(jwk)?.algorithms ?? null;

test("a key verifies the algorithms that belong to it, and only the one that it names", () => {
  expect(algorithmsOf(rsa)).toEqual(["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"]);
  expect(algorithmsOf({ ...rsa, alg: "PS384" })).toEqual(["PS384"]);
  expect(algorithmsOf(ec)).toEqual(["ES256"]);
  expect(algorithmsOf({ ...ec, crv: "P-384" })).toEqual(["ES384"]);
  expect(algorithmsOf({ ...ec, crv: "P-521", alg: "ES512" })).toEqual(["ES512"]);
  expect(algorithmsOf({ kty: "OKP", crv: "Ed25519", x: "x" })).toEqual(["EdDSA", "Ed25519"]);
});

test("keys for something else, shared secrets and nonsense are none that tokens are verified with", () => {
  for (const jwk of [
    { kty: "oct", k: "c2VjcmV0", alg: "HS256" },
    { ...rsa, alg: "HS256" },
    { ...rsa, alg: "none" },
    { ...rsa, alg: "RSA-OAEP" },
    { ...rsa, use: "enc" },
    { ...rsa, key_ops: ["encrypt"] },
    { ...ec, alg: "ES384" },
    { ...ec, crv: "secp256k1" },
    { kty: "OKP", crv: "X25519", x: "x" },
    { kty: "OKP", crv: "Ed448", x: "x" },
    {},
    null,
    "nonsense",
  ]) {
    expect(readJwk(jwk), JSON.stringify(jwk)).toBeNull();
  }
});

test("the private half of a key is not taken over", () => {
  const read = readJwk({ ...rsa, d: "secret", kid: "k" });
  expect(read).toMatchObject({ kid: "k" });
  expect(JSON.stringify(read)).not.toContain("secret");
});
