import { request } from "node:http";
import { ticketFor } from "#lib/node/adminTicket";
import { expect, test } from "../fixtures";

/** A GET with a Host header of our own, which fetch does not allow; the answer's status. */
function statusFor(url: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const req = request(url, { headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    req.on("error", reject);
    req.end();
  });
}

test.use({ installation: "own" });

test("the admin interface on loopback answers for loopback names only", async ({ gateway }) => {
  const { adminUrl } = await gateway();
  const { port } = new URL(adminUrl);
  for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, "LOCALHOST"])
    expect(await statusFor(`${adminUrl}/status`, host), host).toBe(200);
  for (const host of ["rebound.example", `rebound.example:${port}`, "127.0.0.1.example", "0.0.0.0"])
    expect(await statusFor(`${adminUrl}/status`, host), host).toBe(421);
});

test("an admin interface that others can reach needs a secret to start", async ({ gateway }) => {
  const sentence =
    /GATEWAY_ADMIN_HOST=0\.0\.0\.0 opens the admin interface to others: set GATEWAY_ADMIN_SECRET/;
  await expect(gateway({ GATEWAY_ADMIN_HOST: "0.0.0.0" })).rejects.toThrow(sentence);
  await expect(gateway({ GATEWAY_ADMIN_HOST: "0.0.0.0", GATEWAY_ADMIN_SECRET: "too short" })).rejects.toThrow(
    sentence,
  );
});

test("with a secret only health is told to those who do not send it", async ({ gateway }) => {
  const secret = "a secret of the operator";
  const { adminUrl } = await gateway({ GATEWAY_ADMIN_HOST: "0.0.0.0", GATEWAY_ADMIN_SECRET: secret });
  const get = (path: string, authorization?: string) =>
    fetch(adminUrl + path, { headers: authorization ? { authorization } : {} });
  for (const path of ["/status", "/metrics", "/check"]) {
    expect((await get(path)).status, path).toBe(401);
    expect((await get(path, "Bearer wrong")).status, path).toBe(401);
  }
  expect((await get("/status", `Bearer ${secret}`)).status).toBe(200);
  expect((await get("/metrics", `Bearer ${secret}`)).status).toBe(200);
  expect((await get("/healthz")).status).toBe(200);
  expect(await statusFor(`${adminUrl}/healthz`, "gateway.internal")).toBe(200);
});

test("a publisher is let in by tickets of the installation's secret, each for one request", async ({
  gateway,
}) => {
  const { adminUrl } = await gateway({
    ...{ GATEWAY_ADMIN_HOST: "0.0.0.0", GATEWAY_ADMIN_SECRET: "a secret of the operator" },
    ...{ GATEWAY_ID: "gw-a", SLUICE_SECRET: "the secret of the installation" },
  });
  const secret = Buffer.from("the secret of the installation");
  const ask = (path: string, asked: { gateway: string; path: string; method?: string }, body?: string) => {
    const authorization = ticketFor(secret, { method: "GET", ...asked }, "{}", Date.now());
    const method = body === undefined ? "GET" : "POST";
    return fetch(adminUrl + path, { method, body, headers: { authorization } }).then(
      (answer) => answer.status,
    );
  };
  expect(await ask("/status?api=x", { gateway: "gw-a", path: "/status?api=x" })).toBe(200);
  expect(await ask("/status", { gateway: "gw-a", path: "/status?api=x" })).toBe(401);
  expect(await ask("/status", { gateway: "gw-b", path: "/status" })).toBe(401);
  const check = { gateway: "gw-a", path: "/check", method: "POST" };
  expect(await ask("/check", check, "{}")).toBe(400);
  expect(await ask("/check", check, '{"url": "http://127.0.0.1:1"}')).toBe(401);
});
