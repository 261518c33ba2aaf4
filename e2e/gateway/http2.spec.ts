import { once } from "node:events";
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import { expect, test } from "../fixtures";
import { freePort } from "../ports";
import { certificate } from "./certificate";
import { endpoint, pizza, send } from "./client";

const menu = (g: { url: string }) => `${g.url}/pizza/1.0.0/menu`;
const http2 = { each: { settings: { http2: true, verifyTls: false } } };

async function http2Backend(handler: (req: Http2ServerRequest, res: Http2ServerResponse) => void) {
  const port = await freePort();
  const sessions = new Set<{ destroy(): void }>();
  const server = createSecureServer({ ...certificate, allowHTTP1: true }, handler);
  server.on("session", (session) => sessions.add(session));
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const close = () => {
    server.close();
    for (const session of sessions) session.destroy();
  };
  return { url: `https://127.0.0.1:${port}`, sessions, close };
}

test("an endpoint set to HTTP/2 is spoken to in HTTP/2", async ({ gateway }) => {
  const seen: Record<string, unknown>[] = [];
  const one = await http2Backend(async (req, res) => {
    let body = "";
    for await (const chunk of req) body += chunk;
    const { method, url, httpVersion, headers } = req;
    seen.push({ method, url, httpVersion, body, host: headers[":authority"], ids: headers["x-request-id"] });
    res.writeHead(201, { "X-A": "1", "Set-Cookie": ["a=1", "b=2"] });
    res.end(`${method} ${body}`);
  });
  const g = await gateway();
  await g.deploy(pizza([one], http2));
  const got = await send(`${menu(g)}?x=%7e`, { headers: { Connection: "close, X-Hop", "X-Hop": "1" } });
  expect(got).toMatchObject({ status: 201, body: "GET " });
  expect(got.headers).toMatchObject({ "x-a": "1", "set-cookie": ["a=1", "b=2"] });
  const posted = await send(menu(g), { method: "POST", body: "an order" });
  expect(posted).toMatchObject({ status: 201, body: "POST an order" });
  const chunked = { "Transfer-Encoding": "chunked" };
  expect(await send(menu(g), { method: "PUT", headers: chunked, body: "x" })).toMatchObject({
    body: "PUT x",
  });
  expect(seen.map((r) => [r.method, r.url, r.httpVersion, r.body])).toEqual([
    ["GET", "/menu?x=%7e", "2.0", ""],
    ["POST", "/menu", "2.0", "an order"],
    ["PUT", "/menu", "2.0", "x"],
  ]);
  expect(await endpoint(g)).toMatchObject({ state: "up", failures: 0, inFlight: 0 });
  expect(one.sessions.size).toBe(1);
  one.close();
});

test("an HTTP/2 backend that goes away is replaced, and its timeouts count", async ({ backend, gateway }) => {
  const two = await backend("two", { tls: certificate });
  let hang = false;
  const one = await http2Backend((_, res) => void (hang || res.end("one")));
  const g = await gateway();
  const limits = { responseTimeoutMs: 300 };
  await g.deploy(pizza([one, two], http2, { limits }));
  expect((await send(menu(g))).body).toBe("one");
  hang = true;
  expect(JSON.parse((await send(menu(g))).body)).toMatchObject({ backend: "two" });
  expect(await endpoint(g)).toMatchObject({
    state: "suspended",
    lastError: { words: "no response in time" },
  });
  one.close();
});
