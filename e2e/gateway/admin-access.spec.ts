import { request } from "node:http";
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
