import { randomUUID } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from "jose";
import type { Algorithm } from "#lib/access/jwk";
import type { TokenRequest } from "../database";
import { type ApiInput, type Database, expect, type Gateway } from "../fixtures";
import { freePort } from "../ports";
import { type Answer, type Sending, send } from "./client";

/** For an API that needs a token, which is what a definition means when it says nothing. */
export const jwt = { security: { kind: "jwt" } } satisfies Partial<ApiInput>;

/** A token of the built-in issuer that this gateway can verify. */
export async function issued(g: Gateway, database: Database, request: Partial<TokenRequest> = {}) {
  const found = await database.token({ keyType: "production", validitySeconds: 600, ...request });
  await g.reaches(found.generation);
  return found;
}

/** One request to the API of `pizza()` with this token. */
export function callWith(
  g: Gateway,
  token: string,
  { path = "/menu", ...rest }: Sending & { path?: string } = {},
) {
  const headers = { Authorization: `Bearer ${token}`, ...(rest.headers as object) };
  return send(`${g.url}/pizza/1.0.0${path}`, { ...rest, headers });
}

/** What a refusal of a token that will not do looks like. */
export function expectInvalid(answer: Answer, description: RegExp): void {
  expect(answer.status).toBe(401);
  const body = JSON.parse(answer.body) as { code: string; description: string };
  expect(body).toMatchObject({ code: "900901", message: "Invalid Credentials" });
  expect(body.description).toMatch(description);
  expect(answer.headers["www-authenticate"]).toBe(
    `Bearer realm="Sluice", error="invalid_token", error_description="${body.description}"`,
  );
}

/** A key pair of somebody else, which signs whatever it is told to. */
export interface Signer {
  jwk: JWK;
  kid: string;
  sign(claims?: JWTPayload, header?: object): Promise<string>;
}

export async function signer(alg: Algorithm = "ES256", kid: string = randomUUID()): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  // As JWK it signs with whichever algorithm the header says.
  const secret = await exportJWK(privateKey);
  return {
    kid,
    jwk: { ...(await exportJWK(publicKey)), kid, alg, use: "sig" },
    sign: (claims = {}, header = {}) =>
      new SignJWT({ exp: Math.floor(Date.now() / 1000) + 600, ...claims })
        .setProtectedHeader({ alg, kid, ...header })
        .sign(secret),
  };
}

/** The parts of a token as somebody would write them by hand. */
export function assembled(header: object, claims: object, signature = ""): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part(header)}.${part(claims)}.${signature}`;
}

/** The claims in a token. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString()) as Record<string, unknown>;
}

/** A server that hands out public keys. */
export interface JwksServer {
  url: string;
  /** What it hands out from now on. */
  keys: JWK[];
  /** How often it was asked. */
  asked(): number;
  stop(): Promise<void>;
}

export async function jwksServer(
  keys: JWK[],
  port?: number,
  tls?: { key: string; cert: string },
): Promise<JwksServer> {
  let asked = 0;
  const answer: RequestListener = (_, res) => {
    asked++;
    res.setHeader("Content-Type", "application/json");
    res.end(JSON.stringify({ keys: found.keys }));
  };
  const server = tls ? createSecureServer(tls, answer) : createServer(answer);
  const listening = port ?? (await freePort());
  await new Promise<void>((resolve) => server.listen(listening, "127.0.0.1", resolve));
  const found: JwksServer = {
    url: `${tls ? "https" : "http"}://127.0.0.1:${listening}/jwks`,
    keys,
    asked: () => asked,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return found;
}
