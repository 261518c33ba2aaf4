import { expect, test } from "../fixtures";
import { exchange, expectOwnAnswer, pizza, send, statuses } from "./client";

const open = { kind: "none" } as const;

test("an API answers below its context and version", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one]));
  for (const path of ["/pizza/1.0.0/menu", "/pizza/1.0.0/", "/pizza/1.0.0"]) {
    expect((await send(g.url + path)).status, path).toBe(200);
  }
  expect(one.requests.map((r) => r.url)).toEqual(["/menu", "/", "/"]);
  for (const path of ["/", "/pizza", "/pizza/", "/pizza/1.0.1/menu", "/pizza/1.0.00", "/Pizza/1.0.0/menu"]) {
    expectOwnAnswer(await send(g.url + path), 404, "404");
  }
});

test("{version} in a context is replaced in place instead of appended", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one], {}, { context: "/shop/{version}/pizza" }));
  expect((await send(`${g.url}/shop/1.0.0/pizza/menu`)).status).toBe(200);
  expect(one.requests[0]?.url).toBe("/menu");
  expect((await send(`${g.url}/shop/1.0.0/pizza/1.0.0/menu`)).status).toBe(200);
  expect(one.requests[1]?.url).toBe("/1.0.0/menu");
  expect((await send(`${g.url}/shop/{version}/pizza/menu`)).status).toBe(404);
});

test("a default version also answers without the version", async ({ backend, gateway }) => {
  const [old, current] = [await backend("old"), await backend("current")];
  const g = await gateway();
  await g.deploy(pizza([{ url: old.url }]));
  const second = pizza([current], {}, { version: "2.0.0", isDefaultVersion: true });
  second.endpoints!.production!.endpoints![0]!.id = "second";
  await g.deploy(second);
  const backendOf = async (path: string) => JSON.parse((await send(g.url + path)).body) as unknown;
  expect(await backendOf("/pizza/menu?x=1")).toMatchObject({ backend: "current", url: "/menu?x=1" });
  expect(await backendOf("/pizza")).toMatchObject({ backend: "current", url: "/" });
  expect(await backendOf("/pizza/2.0.0/menu")).toMatchObject({ backend: "current", url: "/menu" });
  expect(await backendOf("/pizza/1.0.0/menu")).toMatchObject({ backend: "old", url: "/menu" });

  await g.deploy({ ...second, isDefaultVersion: false });
  expect((await send(`${g.url}/pizza/menu`)).status).toBe(404);
});

test("a default version whose context names the version answers without that segment", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one], {}, { context: "/{version}/pizza", isDefaultVersion: true }));
  await send(`${g.url}/pizza/menu`);
  await send(`${g.url}/1.0.0/pizza/menu`);
  expect(one.requests.map((r) => r.url)).toEqual(["/menu", "/menu"]);
});

test("a session of a default version holds whichever path is used", async ({ backend, gateway }) => {
  const backends = [await backend("one"), await backend("two"), await backend("three")];
  const g = await gateway();
  const group = { routing: "loadBalanced", session: { kind: "transport" } } as const;
  await g.deploy(pizza(backends, group, { isDefaultVersion: true }));
  const first = await send(`${g.url}/pizza/menu`);
  const cookie = first.headers["set-cookie"]![0]!;
  const path = /Path=([^;]+)/.exec(cookie)![1]!;
  for (const used of ["/pizza/menu", "/pizza/1.0.0/menu"]) {
    // What a browser does: the cookie is sent where its path matches.
    expect(`${used}/`.startsWith(path === "/" ? "/" : `${path}/`), `${path} covers ${used}`).toBe(true);
  }
});

test("of two contexts the longer one takes the request", async ({ backend, gateway }) => {
  const [outer, inner] = [await backend("outer"), await backend("inner")];
  const g = await gateway();
  await g.deploy(pizza([outer], {}, { context: "/shop", version: "1" }));
  const nested = pizza([inner], {}, { name: "Inner", context: "/shop/1/pizza", version: "2" });
  nested.endpoints!.production!.endpoints![0]!.id = "inner";
  await g.deploy(nested);
  await send(`${g.url}/shop/1/pizza/2/menu`);
  await send(`${g.url}/shop/1/pizza/3/menu`);
  expect(inner.requests.map((r) => r.url)).toEqual(["/menu"]);
  expect(outer.requests.map((r) => r.url)).toEqual(["/pizza/3/menu"]);
});

test("the most specific resource serves: literal, then parameter, then wildcard", async ({
  backend,
  gateway,
}) => {
  const names = ["literal", "parameter", "wildcard"] as const;
  const backends = await Promise.all(names.map((name) => backend(name)));
  const own = (i: number) => ({
    production: { enabled: true, endpoints: [{ id: `own-${i}`, url: backends[i]!.url }] },
  });
  const g = await gateway();
  await g.deploy({
    name: "Pizza",
    context: "/pizza",
    version: "1.0.0",
    security: open,
    endpoints: { production: { enabled: true, endpoints: [{ id: "main", url: backends[2]!.url }] } },
    resources: [
      { method: "GET", path: "/*", endpoints: own(2) },
      { method: "GET", path: "/menu/{id}", endpoints: own(1) },
      { method: "GET", path: "/menu/today", endpoints: own(0) },
    ],
  });
  const backendOf = async (path: string) =>
    (JSON.parse((await send(`${g.url}/pizza/1.0.0${path}`)).body) as { backend: string }).backend;
  expect(await backendOf("/menu/today")).toBe("literal");
  expect(await backendOf("/menu/today/")).toBe("literal");
  expect(await backendOf("/menu/7")).toBe("parameter");
  expect(await backendOf("/menu/todayish")).toBe("parameter");
  expect(await backendOf("/menu/7/")).toBe("parameter");
  expect(await backendOf("/menu/7/toppings")).toBe("wildcard");
  expect(await backendOf("/menu")).toBe("wildcard");
  expect(await backendOf("")).toBe("wildcard");
  expect(await backendOf("/")).toBe("wildcard");
});

test("templates with several parameters, suffixes and custom verbs match as OpenAPI means them", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  const paths = [
    "/files/{name}.json",
    "/orders/{order-id}/items/{item_id}",
    "/jobs/{id}:cancel",
    "/range/{from}-{to}",
  ];
  await g.deploy(pizza([one], {}, { resources: paths.map((path) => ({ method: "GET", path })) }));
  const statusOf = async (path: string) => (await send(`${g.url}/pizza/1.0.0${path}`)).status;
  expect(await statusOf("/files/menu.json")).toBe(200);
  expect(await statusOf("/files/menu.xml")).toBe(404);
  expect(await statusOf("/orders/1/items/2")).toBe(200);
  expect(await statusOf("/orders/1/items")).toBe(404);
  expect(await statusOf("/jobs/7:cancel")).toBe(200);
  expect(await statusOf("/jobs/7:start")).toBe(404);
  expect(await statusOf("/range/1-9")).toBe(200);
  expect(await statusOf("/range/19")).toBe(404);
});

test("a parameter takes any encoding and any length that the URL limit allows", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one], {}, { resources: [{ method: "GET", path: "/files/{name}" }] }));
  // Latin-1 "é", which is not UTF-8; an encoded slash; a long name.
  for (const name of ["caf%e9", "a%2Fb", "%F0%9F%8D%95", "x".repeat(4000)]) {
    expect((await send(`${g.url}/pizza/1.0.0/files/${name}`)).status, name.slice(0, 20)).toBe(200);
  }
  expect(one.requests[0]?.url).toBe("/files/caf%e9");
  expect(one.requests[1]?.url).toBe("/files/a%2Fb");
});

test("an unknown resource is 404, another verb 405 with Allow", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(
    pizza(
      [one],
      {},
      {
        resources: [
          { method: "GET", path: "/menu" },
          { method: "PUT", path: "/menu" },
        ],
      },
    ),
  );
  expectOwnAnswer(await send(`${g.url}/pizza/1.0.0/kitchen`), 404, "404");
  expectOwnAnswer(await send(`${g.url}/pizza/1.0.0/menus`), 404, "404");
  const refused = await send(`${g.url}/pizza/1.0.0/menu`, { method: "DELETE" });
  expectOwnAnswer(refused, 405, "405");
  const allow = refused.headers.allow!.split(", ");
  expect(allow).toEqual(expect.arrayContaining(["GET", "PUT"]));
  expect(allow).not.toContain("DELETE");
  expect(one.requests).toEqual([]);
});

test("an undeclared OPTIONS tells what is allowed", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one], {}, { resources: [{ method: "GET", path: "/menu" }] }));
  const answer = await send(`${g.url}/pizza/1.0.0/menu`, { method: "OPTIONS" });
  expect(answer.status).toBe(204);
  expect(answer.headers.allow).toBe("GET, OPTIONS");
  expect(answer.body).toBe("");
  expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
  expect(one.requests).toEqual([]);
});

test("a declared OPTIONS goes to the backend", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one], {}, { resources: [{ method: "OPTIONS", path: "/*" }] }));
  expect(JSON.parse((await send(`${g.url}/pizza/1.0.0/x`, { method: "OPTIONS" })).body)).toMatchObject({
    backend: "one",
  });
});

test("a CORS preflight is answered from the API's CORS settings", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  const cors = {
    enabled: true,
    allowOrigins: ["https://shop.example", "https://*.shops.example"],
    allowMethods: ["GET", "PUT"],
    allowHeaders: ["authorization", "X-Table"],
    exposeHeaders: ["X-Total"],
    allowCredentials: true,
  };
  await g.deploy(pizza([one], {}, { cors }));
  const preflight = (origin: string) =>
    send(`${g.url}/pizza/1.0.0/menu`, {
      method: "OPTIONS",
      headers: { Origin: origin, "Access-Control-Request-Method": "PUT" },
    });
  const allowed = await preflight("https://shop.example");
  expect(allowed.status).toBe(204);
  expect(allowed.headers).toMatchObject({
    "access-control-allow-origin": "https://shop.example",
    "access-control-allow-methods": "GET, PUT",
    "access-control-allow-headers": "authorization, X-Table",
    "access-control-allow-credentials": "true",
    vary: expect.stringContaining("Origin"),
  });
  const subdomain = await preflight("https://one.shops.example");
  expect(subdomain.headers).toMatchObject({
    "access-control-allow-origin": "https://one.shops.example",
    "access-control-allow-credentials": "true",
    vary: expect.stringContaining("Origin"),
  });
  for (const origin of ["https://evil.example", "https://shops.example", "http://one.shops.example"]) {
    const other = await preflight(origin);
    expect(other.status).toBe(204);
    expect(other.headers["access-control-allow-origin"], origin).toBeUndefined();
    expect(other.headers["access-control-allow-credentials"], origin).toBeUndefined();
  }
  expect(one.requests).toEqual([]);
});

test("answers of an API with CORS can be read by the allowed origins, errors too", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one", {
    handler: (_, res) => res.setHeader("Access-Control-Allow-Origin", "https://backend.example").end("ok"),
  });
  const g = await gateway();
  const cors = { enabled: true, allowOrigins: ["*"], exposeHeaders: ["X-Total"] };
  await g.deploy(pizza([one], {}, { cors }));
  const headers = { Origin: "https://shop.example" };
  const answer = await send(`${g.url}/pizza/1.0.0/menu`, { headers });
  expect(answer.headers["access-control-allow-origin"]).toBe("*");
  expect(answer.headers["access-control-expose-headers"]).toBe("X-Total");
  const plain = await send(`${g.url}/pizza/1.0.0/menu`);
  expect(plain.status).toBe(200);
  await one.kill();
  const failed = await send(`${g.url}/pizza/1.0.0/menu`, { headers });
  expect(failed.status).toBe(502);
  expect(failed.headers["access-control-allow-origin"]).toBe("*");
});

test("without CORS the backend's own CORS headers pass", async ({ backend, gateway }) => {
  const one = await backend("one", {
    handler: (_, res) => res.setHeader("Access-Control-Allow-Origin", "https://backend.example").end("ok"),
  });
  const g = await gateway();
  await g.deploy(pizza([one]));
  const answer = await send(`${g.url}/pizza/1.0.0/menu`, { headers: { Origin: "https://shop.example" } });
  expect(answer.headers["access-control-allow-origin"]).toBe("https://backend.example");
});

test("path and query reach the backend byte for byte, below the endpoint's own path", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([{ url: `${one.url}/v2/base/` }]));
  const targets = [
    "/a%2Fb/%c3%A9/%7e~/c",
    "/a//b/",
    "/a;v=1,2/'(b)*!$&+=:@",
    "/x?q=a%20b+c&&=&q=1&w=%zz&u=//x/../y&back=\\",
    "/x?",
    "/./here",
  ];
  for (const target of targets) {
    await exchange(
      g.url,
      Buffer.from(`GET /pizza/1.0.0${target} HTTP/1.1\r\nHost: gw\r\nConnection: close\r\n\r\n`, "latin1"),
    );
  }
  expect(one.requests.map((r) => r.url)).toEqual(targets.map((target) => `/v2/base${target}`));
});

test("TRACE and methods nobody knows are 405, CONNECT is refused", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one]));
  const rest = "/pizza/1.0.0/menu HTTP/1.1\r\nHost: gw\r\nConnection: close\r\n\r\n";
  for (const method of ["TRACE", "PROPFIND", "BREW", "get"]) {
    const received = await exchange(g.url, `${method} ${rest}`);
    expect(statuses(received), method).toEqual([405]);
    expect(received, method).toMatch(/\r\nallow: .*GET/i);
    expect(received, method).toMatch(/\r\nx-request-id: ./i);
  }
  const connect = await exchange(g.url, "CONNECT 127.0.0.1:80 HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n");
  expect(statuses(connect)).toEqual([405]);
  expect(one.requests).toEqual([]);
});

test("a slash at the end of a path is as the template has it", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  const resources = ["/pets/find/", "/pets/{id}", "/pets/{id}/toys/", "/files/*", "/both", "/both/"];
  await g.deploy(pizza([one], {}, { resources: resources.map((path) => ({ method: "GET", path })) }));
  const cases = [
    ["/pets/find", "/pets/find/"],
    ["/pets/find/?a=/", "/pets/find/?a=/"],
    ["/pets/find?a=b/", "/pets/find/?a=b/"],
    ["/pets/1/", "/pets/1"],
    ["/pets/1%2F", "/pets/1%2F"],
    ["/pets/1/toys", "/pets/1/toys/"],
    ["/files/a/", "/files/a/"],
    ["/files/a", "/files/a"],
    ["/both", "/both"],
    ["/both/", "/both/"],
  ];
  for (const [asked, got] of cases) {
    one.requests.length = 0;
    expect((await send(`${g.url}/pizza/1.0.0${asked}`)).status, asked).toBe(200);
    expect(one.requests[0]?.url, asked).toBe(got);
  }
});
