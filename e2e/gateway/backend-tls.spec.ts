import { once } from "node:events";
import { WebSocket, WebSocketServer } from "ws";
import { type Backend, expect, type Gateway, test } from "../fixtures";
import { authority, certificate, expired, signed, wrongName } from "./certificate";
import { endpoint, expectOwnAnswer, neverSuspended, pizza, send } from "./client";

const menu = (g: Gateway) => `${g.url}/pizza/1.0.0/menu`;
const untrusting = { each: { settings: { verifyTls: false, suspension: { initialMs: 0 } } } };

async function check(g: Gateway, url: string, verifyTls = true) {
  const body = JSON.stringify({ url, verifyTls });
  return (await (await fetch(`${g.adminUrl}/check`, { method: "POST", body })).json()) as { message: string };
}

const distrusted = [
  ["self-signed", certificate, "TLS: its certificate is self-signed"],
  ["of an unknown authority", signed, "TLS: its certificate is from an unknown issuer"],
] as const;
for (const [what, tls, words] of distrusted) {
  test(`a certificate that is ${what} is no way in, and the reason is told`, async ({ backend, gateway }) => {
    const one = await backend("one", { tls });
    const g = await gateway();
    await g.deploy(pizza([one], neverSuspended));
    expectOwnAnswer(await send(menu(g)), 502, "101503");
    expect((await endpoint(g)).lastError?.words).toBe(words);
    expect((await check(g, one.url)).message).toBe(words);
    expect(one.requests).toHaveLength(0);
  });
}

const trusted = [
  ["expired", expired, expired, "TLS: its certificate has expired"],
  ["for another name", wrongName, wrongName, "TLS: its certificate is for another host name"],
] as const;
for (const [what, tls, added, words] of trusted) {
  test(`a certificate that is ${what} is refused also when it was added`, async ({
    backend,
    database,
    gateway,
  }) => {
    const one = await backend("one", { tls });
    const g = await gateway();
    await database.trust({ origin: one.url, alias: "one", certificate: added.cert });
    await g.deploy(pizza([one], neverSuspended));
    expect((await send(menu(g))).status).toBe(502);
    expect((await endpoint(g)).lastError?.words).toBe(words);
    expect((await check(g, one.url)).message).toBe(words);
  });
}

test("a backend that speaks no TLS is told from one with a bad certificate", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([{ url: one.url.replace("http:", "https:") }], neverSuspended));
  expect((await send(menu(g))).status).toBe(502);
  expect((await endpoint(g)).lastError?.words).toBe("TLS: it does not speak TLS");
});

const ways: [string, { key: string; cert: string }, string][] = [
  ["the server's own", certificate, certificate.cert],
  ["its authority's", signed, authority.cert],
];
for (const [what, tls, cert] of ways) {
  test(`a certificate that was added, ${what}, is trusted at once and for its origin alone`, async ({
    backend,
    database,
    gateway,
  }) => {
    const [one, two] = [await backend("one", { tls }), await backend("two", { tls })];
    const g = await gateway();
    await g.deploy(pizza([one], neverSuspended));
    const other = { name: "Other", context: "/other" };
    await g.deploy(pizza([two], { each: { id: "ep-other", ...neverSuspended.each } }, other));
    expect((await send(menu(g))).status).toBe(502);
    const { id, generation } = await database.trust({ origin: one.url, alias: "one", certificate: cert });
    await g.reaches(generation);
    expect((await send(menu(g))).status).toBe(200);
    expect((await check(g, one.url)).message).toMatch(/^200 OK/);
    expect((await send(`${g.url}/other/1.0.0/menu`)).status).toBe(502);
    await g.reaches(await database.distrust(id));
    expect((await send(menu(g))).status).toBe(502);
    expect(two.requests).toHaveLength(0);
  });
}

test("without verification everything goes, where a person has said so", async ({ backend, gateway }) => {
  const one = await backend("one", { tls: expired });
  const g = await gateway();
  await g.deploy(pizza([one], untrusting));
  expect((await send(menu(g))).status).toBe(200);
  expect((await check(g, one.url, false)).message).toMatch(/^200 OK/);
  expect((await check(g, one.url)).message).toBe("TLS: its certificate has expired");
});

test("another endpoint takes over from one with a bad certificate", async ({ backend, gateway }) => {
  const [bad, good] = [await backend("bad", { tls: certificate }), await backend("good")];
  const g = await gateway();
  await g.deploy(pizza([bad, good]));
  const answer = await send(menu(g), { method: "POST", body: "order" });
  expect(JSON.parse(answer.body)).toMatchObject({ backend: "good", method: "POST" });
  expect(await endpoint(g)).toMatchObject({ state: "suspended" });
});

test("active checks verify like requests do", async ({ backend, database, gateway }) => {
  const one = await backend("one", { tls: signed });
  const healthCheck = { enabled: true, intervalMs: 100, unhealthyAfter: 1, healthyAfter: 1 };
  const g = await gateway();
  await g.deploy(pizza([one], { healthCheck }));
  await expect.poll(async () => (await endpoint(g)).state).toBe("checkFailing");
  expect((await endpoint(g)).lastError?.words).toBe("TLS: its certificate is from an unknown issuer");
  await database.trust({ origin: one.url, alias: "one", certificate: authority.cert });
  await expect.poll(async () => (await endpoint(g)).state).toBe("up");
});

test("WebSockets verify like requests do", async ({ backend, database, gateway }) => {
  const sockets = new WebSocketServer({ noServer: true });
  const upgrade = (
    ...args: Parameters<typeof sockets.handleUpgrade> extends [...infer A, unknown] ? A : never
  ) => sockets.handleUpgrade(...args, (ws) => ws.send("hello"));
  const one: Backend = await backend("one", { tls: signed, upgrade });
  const g = await gateway();
  await g.deploy(pizza([one], neverSuspended));
  const url = menu(g).replace("http:", "ws:");
  const refused = new WebSocket(url);
  refused.on("error", () => {});
  const [, answer] = (await once(refused, "unexpected-response")) as [unknown, { statusCode: number }];
  expect(answer.statusCode).toBe(502);
  expect((await endpoint(g)).lastError?.words).toBe("TLS: its certificate is from an unknown issuer");
  const { generation } = await database.trust({ origin: one.url, alias: "one", certificate: authority.cert });
  await g.reaches(generation);
  const open = new WebSocket(url);
  const [message] = (await once(open, "message")) as [Buffer];
  expect(message.toString()).toBe("hello");
  refused.terminate();
  open.terminate();
});
