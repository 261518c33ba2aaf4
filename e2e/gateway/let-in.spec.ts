import { once } from "node:events";
import { connect, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http2";
import { WebSocketServer } from "ws";
import { type ApiInput, type Backend, expect, type Gateway, test } from "../fixtures";
import { exchange, expectOwnAnswer, pizza, send, statuses, wire } from "./client";
import { callWith, issued } from "./jwt";

/** Nobody is let in by the rules of one operation to do the work of another one. */

type Resource = NonNullable<ApiInput["resources"]>[number];

/** Open as a whole, with guarded operations among the open ones. */
function guarded(backend: { url: string }, resources: Resource[], rest: Partial<ApiInput> = {}): ApiInput {
  return pizza([backend], {}, { security: { kind: "jwt" }, resources, ...rest });
}

const everything: Resource[] = [
  { method: "GET", path: "/*", secured: false },
  { method: "POST", path: "/*", secured: false },
  { method: "GET", path: "/admin" },
  { method: "GET", path: "/items/{id}", secured: false },
  { method: "GET", path: "/items/{id}/secret", scopes: ["write"] },
  { method: "DELETE", path: "/*" },
  { method: "PUT", path: "/*", secured: false },
];

/** One request over HTTP/2. */
async function sendH2(g: Gateway, headers: OutgoingHttpHeaders) {
  const session = connect(g.httpsUrl, { rejectUnauthorized: false });
  const stream = session.request({ ":method": "GET", ...headers });
  const [head] = (await once(stream, "response")) as [IncomingHttpHeaders & { ":status": number }];
  let body = "";
  for await (const chunk of stream) body += String(chunk);
  session.destroy();
  return { status: head[":status"], body };
}

/** The status that a handshake is answered with. By hand: clients would tidy up the path. */
async function handshake(g: Gateway, path: string, headers: Record<string, string> = {}): Promise<number> {
  const { write, received, socket } = await wire(g.url);
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  write(
    `GET ${path} HTTP/1.1\r\nHost: gw\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${fields.join("")}\r\n`,
  );
  await expect.poll(received).toContain("\r\n\r\n");
  socket.destroy();
  return statuses(received())[0]!;
}

test("a path that backends read as a guarded resource is not let in as an open one", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(guarded(one, everything));
  const paths = [
    ...["/./admin", "/%2e/admin", "/%2E/admin", "//admin", "/admin;x=1", "/admin;", "/admin/.", "/admin//."],
    ...["/;/admin", "/.;/admin", "/;x/admin", "/%2e;x/admin", "/admin/;x", "/;a=1;b=2/admin/"],
    ...["/admin%2F", "/admin%2f%2f", "/admin%5C", "/.%2Fadmin", "/%2Fadmin", "/%2e%2fadmin"],
    ...["/items/1%2Fsecret", "/items/1%5csecret", "/items/1;v=2/secret/.;a", "/admin%00"],
  ];
  for (const path of paths) {
    const { status, body } = await send(`${g.url}/pizza/1.0.0${path}`);
    expect(status, path).not.toBe(200);
    if (status === 400) expect(JSON.parse(body)).toMatchObject({ code: "102512" });
    const overH2 = await sendH2(g, { ":path": `/pizza/1.0.0${path}` });
    expect(overH2.status, `HTTP/2 ${path}`).toBe(status);
    expect(await handshake(g, `/pizza/1.0.0${path}`), `WebSocket ${path}`).toBe(status);
    const absolute = await exchange(
      g.url,
      `GET ${g.url}/pizza/1.0.0${path} HTTP/1.1\r\nHost: gw\r\nConnection: close\r\n\r\n`,
    );
    expect(absolute, `absolute ${path}`).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  }
  const refused = await send(`${g.url}/pizza/1.0.0/./admin`);
  expectOwnAnswer(refused, 400, "102512");
  expect(refused.body).toContain("more than one way");
  expect(one.requests).toEqual([]);
});

test("a path that a backend decodes, cuts or joins in part is not let in as an open one", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(
    guarded(one, [
      { method: "GET", path: "/*", secured: false },
      { method: "GET", path: "/users/{id}", secured: false },
      { method: "GET", path: "/users/@me" },
      { method: "GET", path: "/items/{id}", secured: false },
      { method: "GET", path: "/items/{id}:cancel" },
      { method: "GET", path: "/items/{id}/secret" },
      { method: "GET", path: "/caf\u00e9/{x}" },
      { method: "GET", path: "/a%20b/{x}" },
      { method: "GET", path: "/admin", secured: false },
      { method: "GET", path: "/admin/{x}" },
    ]),
  );
  for (const path of [
    ...[
      "/users/%40me",
      "/items/1%3Acancel",
      "/caf%C3%A9/%ff",
      "/caf%C3%A9/x%ff",
      "/a%20b/%ff",
      "/a%20b/x%C3",
    ],
    ...["/items/a%5Cb%2Fsecret", "/items%2Fa%5Cb%2Fsecret", "/items%2F;a%2Fsecret", "/items%2F.%2Fsecret"],
    ...["//items/;a/secret", "/admin%2F;x", "/admin%2F.", "/admin%2F%2E"],
  ]) {
    const { status } = await send(`${g.url}/pizza/1.0.0${path}`);
    expect([400, 401], path).toContain(status);
    expect((await sendH2(g, { ":path": `/pizza/1.0.0${path}` })).status, path).toBe(status);
  }
  expect(one.requests).toEqual([]);
  for (const path of ["/users/%40you", "/items/1%3Ashow", "/x/%ff", "/admin%20x"]) {
    expect((await send(`${g.url}/pizza/1.0.0${path}`)).status, path).toBe(200);
  }
});

test("a path that another API would be found by is not let in to this one", async ({ backend, gateway }) => {
  const [open, closed] = [await backend("open"), await backend("closed")];
  const g = await gateway();
  await g.deploy(pizza([open], {}, { isDefaultVersion: true }));
  await g.deploy({
    ...pizza([closed], {}, { security: { kind: "jwt" }, version: "2.0.0" }),
  });
  for (const path of ["/pizza/%32.0.0/x", "/pizza/2.0.0;x/x", "/pizza//2.0.0/x", "/pizza/./2.0.0/x"]) {
    expectOwnAnswer(await send(g.url + path), 400, "102512");
  }
  expect((await send(`${g.url}/pizza/2.0.0/x`)).status).toBe(401);
  expect((await send(`${g.url}/pizza/x;y`)).status).toBe(200);
  expect(open.requests.map((r) => r.url)).toEqual(["/x;y"]);
});

test("a guarded path in another spelling still needs its token, and a token does not change what it means", async ({
  backend,
  gateway,
  database,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(guarded(one, everything));
  const { token } = await issued(g, database);
  for (const path of ["/%61dmin", "/admin/", "/ad%6Din"]) {
    expectOwnAnswer(await send(`${g.url}/pizza/1.0.0${path}`), 401, "900902");
    expect((await callWith(g, token, { path })).status, path).toBe(200);
  }
  expectOwnAnswer(await callWith(g, token, { path: "/./admin" }), 400, "102512");
  expectOwnAnswer(await callWith(g, token, { path: "/items/1%2Fsecret" }), 400, "102512");
});

test("paths that every reading takes for the same resource pass byte for byte", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(guarded(one, everything));
  const paths = [
    ...[
      "/a;v=1/b",
      "/items/1;v=2",
      "/a//b",
      "/a/./b",
      "/%7euser",
      "/a%2Fb",
      "/items/a%2Fb",
      "/.well-known/x",
    ],
    ...["/a%20b", "/caf%C3%A9", "/a?x=/./admin;//", "/a/.?_method=", "/a%5cb"],
  ];
  for (const path of paths) {
    expect((await send(`${g.url}/pizza/1.0.0${path}`)).status, path).toBe(200);
  }
  expect(one.requests.map((r) => r.url)).toEqual(paths);
});

test("only one of two readings that finds a resource is refused, also where nothing is guarded", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(
    pizza(
      [one],
      {},
      {
        resources: [
          { method: "GET", path: "/menu" },
          { method: "POST", path: "/order" },
        ],
      },
    ),
  );
  for (const path of ["//menu", "/./menu", "/menu;x", "/;/%6denu"]) {
    expectOwnAnswer(await send(`${g.url}/pizza/1.0.0${path}`), 400, "102512");
  }
  expectOwnAnswer(await send(`${g.url}/pizza/1.0.0//other`), 404, "404");
  expectOwnAnswer(await send(`${g.url}/pizza/1.0.0//order`), 404, "404");
  expect(one.requests).toEqual([]);
});

const overrideFields = [
  "X-Method",
  "X-HTTP-Verb",
  "X-Tunneled-Method",
  "_method",
  "X-HTTP-Method-Override",
  "X-HTTP-Method",
  "X-Method-Override",
  "x_http_method_override",
  "X-Http_Method-Override",
];

test("a field that names another method passes only where that operation asks for no more", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(guarded(one, everything));
  for (const name of overrideFields) {
    for (const [method, passes] of [
      ["DELETE", false],
      ["delete", false],
      [" DELETE ", false],
      ["PATCH", false],
      ["PURGE", false],
      ["DELETE, PUT", false],
      ["PUT", true],
      ["put", true],
    ] as const) {
      const headers = { Host: "gw", [name]: method };
      expect((await send(`${g.url}/pizza/1.0.0/menu`, { method: "POST", headers })).status).toBe(200);
      expect(one.requests.at(-1)!.headers[name.toLowerCase()], `${name}: ${method}`).toBe(
        passes ? method.trim() : undefined,
      );
      await sendH2(g, { ":path": "/pizza/1.0.0/menu", [name]: method.trim() });
      expect(one.requests.at(-1)!.headers[name.toLowerCase()] !== undefined).toBe(passes);
    }
  }
  const twice = ["Host", "gw", "X-HTTP-Method", "PUT", "X-HTTP-Method", "DELETE"];
  await send(`${g.url}/pizza/1.0.0/menu`, { headers: twice });
  expect(one.requests.at(-1)!.headers["x-http-method"]).toBe("PUT");
  const named = { Host: "gw", Connection: "X-HTTP-Method", "X-HTTP-Method": "PUT" };
  await send(`${g.url}/pizza/1.0.0/menu`, { headers: named });
  expect(one.requests.at(-1)!.headers["x-http-method"]).toBeUndefined();
});

test("a method in the query, or an override beside a second reading of the path, gets nobody past a guard", async ({
  backend,
  gateway,
  database,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(
    guarded(one, [
      { method: "GET", path: "/*", secured: false },
      { method: "DELETE", path: "/*", secured: false },
      { method: "DELETE", path: "/admin" },
      { method: "OPTIONS", path: "/*" },
      { method: "PUT", path: "/scoped", scopes: ["write"] },
      { method: "POST", path: "/scoped" },
    ]),
  );
  const headers = { "X-HTTP-Method-Override": "DELETE" };
  await send(`${g.url}/pizza/1.0.0/./admin`, { headers });
  expect(one.requests.at(-1)!.headers["x-http-method-override"]).toBeUndefined();
  await send(`${g.url}/pizza/1.0.0/.%2Fadmin`, { headers });
  expect(one.requests.at(-1)!.headers["x-http-method-override"]).toBeUndefined();
  await send(`${g.url}/pizza/1.0.0/other`, { headers });
  expect(one.requests.at(-1)!.headers["x-http-method-override"]).toBe("DELETE");
  const before = one.requests.length;
  for (const query of ["_method=DELETE", "a=1&_method=delete", "_method=PURGE", "_meth%6fd=DELETE"]) {
    expectOwnAnswer(await send(`${g.url}/pizza/1.0.0/admin?${query}`), 400, "102512");
  }
  expect((await send(`${g.url}/pizza/1.0.0/admin?payment_method=DELETE`)).status).toBe(200);
  expect(one.requests.slice(before).every((r) => !/[?&]_method=/.test(r.url))).toBe(true);

  // A browser's preflight passes without a token, and as nothing else.
  const preflight = { Origin: "https://a.example", "Access-Control-Request-Method": "GET", ...headers };
  expect((await send(`${g.url}/pizza/1.0.0/x`, { method: "OPTIONS", headers: preflight })).status).toBe(200);
  expect(one.requests.at(-1)!.method).toBe("OPTIONS");
  expect(one.requests.at(-1)!.headers["x-http-method-override"]).toBeUndefined();

  // A token that will do for the one is not one that will do for the other.
  const { token } = await issued(g, database);
  await callWith(g, token, { path: "/scoped", method: "POST", headers: { "X-HTTP-Method": "PUT" } });
  expect(one.requests.at(-1)!.headers["x-http-method"]).toBeUndefined();
});

const forgeries = [
  ...[
    "SCRIPT_NAME",
    "Script-Name",
    "Path-Info",
    "Request-URI",
    "X-JWT-Assertion",
    "X-WSO2-Client-Certificate",
  ],
  ...[
    "X-Client-DN",
    "SSL_CLIENT_S_DN",
    "X-SSL-Client-CN",
    "X-Amzn-Oidc-Identity",
    "X-MS-Client-Principal-Name",
  ],
  ...["X-Goog-Authenticated-User-Email", "Cf-Access-Authenticated-User-Email", "X-Auth-Request-User"],
  ...["Remote-Groups", "X-Consumer-Username", "X-Userinfo", "X-Forward-For", "Incap-Client-IP"],
  ...["X-Middleware-Subrequest", "X-Accel-Mapping", "X-Envoy-External-Address", "Client-Cert-Chain"],
  ...["X-Real-IP", "X-Forwarded-Prefix", "X-Forwarded-Port", "X-Forwarded-Server", "X-Forwarded-Ssl"],
  ...["X-Original-URL", "X-Rewrite-URL", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP"],
  ...["X-Forwarded-User", "X-Forwarded-Client-Cert", "X-Forwarded-Host", "X-Forwarded", "X-Original-Host"],
  ...["X-Cluster-Client-IP", "Fastly-Client-IP", "Remote-User", "X-SSL-Client-Cert", "Client-Cert", "Proxy"],
  ...["X_Forwarded_For", "X_Real_IP", "X-Forwarded_Proto", "Content_Length", "X_Original_URL"],
];

/** A backend that takes WebSockets, too, and remembers the fields of handshakes. */
async function anything(backend: (name: string, options: object) => Promise<Backend>) {
  const server = new WebSocketServer({ noServer: true });
  const handshakes: IncomingHttpHeaders[] = [];
  const one = await backend("one", {
    upgrade: (request: Parameters<typeof server.handleUpgrade>[0], socket: never, head: Buffer) => {
      handshakes.push({ ...request.headers, ":url": request.url });
      server.handleUpgrade(request, socket, head, () => {});
    },
  });
  return { one, handshakes };
}

test("what only a proxy may say does not reach a backend from anybody else, whichever way it came", async ({
  backend,
  gateway,
}) => {
  const { one, handshakes } = await anything(backend);
  const g = await gateway();
  await g.deploy(pizza([one]));
  const forged = Object.fromEntries(forgeries.map((name) => [name, "6.6.6.6"]));
  await send(`${g.url}/pizza/1.0.0/menu`, { headers: { Host: "shop.example", ...forged } });
  await sendH2(g, { ":path": "/pizza/1.0.0/menu", ":authority": "shop.example", ...forged });
  expect(await handshake(g, "/pizza/1.0.0/menu", forged)).toBe(101);
  const seen = [one.requests[0]!.headers, one.requests[1]!.headers, handshakes[0]!];
  const ports = [g.url, g.httpsUrl, g.url].map((url) => new URL(url).port);
  for (const [i, headers] of seen.entries()) {
    expect(JSON.stringify(headers), String(i)).not.toContain("6.6.6.6");
    expect(headers).toMatchObject({
      "x-real-ip": "127.0.0.1",
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-port": ports[i],
      "x-forwarded-prefix": "/pizza/1.0.0",
    });
  }
});

test.describe(() => {
  test.use({ installation: "own" });

  test("what a trusted proxy says passes, and names the caller and the path before it", async ({
    backend,
    gateway,
  }) => {
    const { one, handshakes } = await anything(backend);
    const g = await gateway({ GATEWAY_TRUSTED_PROXIES: "127.0.0.1" });
    await g.deploy(pizza([one], {}, { isDefaultVersion: true }));
    const said = {
      "X-Forwarded-For": "203.0.113.7, 127.0.0.1",
      "X-Real-IP": "198.51.100.1",
      "X-Forwarded-Port": "443",
      "X-Forwarded-Prefix": "/shop/",
      "CF-Connecting-IP": "203.0.113.7",
      "X-Original-URL": "/before",
      // In this spelling they come from the caller, past the proxy that overwrites the usual one.
      X_Forwarded_For: "6.6.6.6",
      "X-Forwarded_Proto": "gopher",
      Transfer_Encoding: "chunked",
      content_length: "5",
      Host_: "x",
    };
    await send(`${g.url}/pizza/menu`, { headers: said });
    expect(await handshake(g, "/pizza/1.0.0/menu", said)).toBe(101);
    for (const [headers, prefix] of [
      [one.requests[0]!.headers, "/shop/pizza"],
      [handshakes[0]!, "/shop/pizza/1.0.0"],
    ] as const) {
      expect(headers).toMatchObject({
        "x-real-ip": "203.0.113.7",
        "x-forwarded-port": "443",
        "x-forwarded-prefix": prefix,
        "cf-connecting-ip": "203.0.113.7",
        "x-original-url": "/before",
      });
      expect(Object.keys(headers).filter((name) => name.includes("_") && name !== "host_")).toEqual([]);
    }
  });
});

test("an API whose tokens come in a proxy's field still finds them", async ({
  backend,
  gateway,
  database,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one], {}, { security: { kind: "jwt", header: "X-Client-Cert" } }));
  const { token } = await issued(g, database);
  const headers = { "X-Client-Cert": token, "X-Forwarded-User": "root" };
  expect((await send(`${g.url}/pizza/1.0.0/menu`, { headers })).status).toBe(200);
  expect(one.requests[0]!.headers["x-client-cert"]).toBeUndefined();
  expect(one.requests[0]!.headers["x-forwarded-user"]).toBeUndefined();
});

test("an API that leads back to itself is refused with 508 at its second pass", async ({
  backend,
  gateway,
}) => {
  const g = await gateway();
  const api = (name: string, url: string): ApiInput => ({
    ...pizza([{ url }]),
    name,
    context: `/${name.toLowerCase()}`,
  });
  await g.deploy(api("Self", `${g.url}/self/1.0.0`));
  const one = await send(`${g.url}/self/1.0.0/x`);
  expectOwnAnswer(one, 508, "102513");
  const endpoint = (await g.status()).apis.find((a) => a.name === "Self")!.endpoints[0]!;
  expect(endpoint).toMatchObject({ state: "up", failures: 0 });
  expect(await handshake(g, "/self/1.0.0/x")).toBe(508);

  // Around two corners, and through a second gateway of the same installation.
  const second = await gateway();
  await g.deploy(api("A", `${g.url}/b/1.0.0`));
  const around = await g.deploy(api("B", `${second.url}/a/1.0.0`));
  await second.reaches(around.generation);
  expectOwnAnswer(await send(`${g.url}/a/1.0.0/x`), 508, "102513");

  // One API in front of another one in front of a third is in order.
  const last = await backend("last");
  await g.deploy(api("A", `${g.url}/b/1.0.0`));
  await g.deploy(api("B", `${second.url}/c/1.0.0`));
  const { generation } = await g.deploy(api("C", last.url));
  await second.reaches(generation);
  const headers = { "CDN-Loop": "other-cdn; a=b" };
  expect((await send(`${g.url}/a/1.0.0/x`, { headers })).status).toBe(200);
  const passed = String(last.requests[0]!.headers["cdn-loop"]).split(", ");
  expect(passed[0]).toBe("other-cdn; a=b");
  expect(passed.slice(1)).toEqual([1, 2, 3].map(() => expect.stringMatching(/^sluice-[0-9a-f]{16}$/)));
  expect(new Set(passed).size).toBe(4);
});

test("a browser's WebSocket may bring its token in the query, where the backend does not see it", async ({
  backend,
  gateway,
  database,
}) => {
  const { one, handshakes } = await anything(backend);
  const g = await gateway();
  await g.deploy(pizza([one], {}, { security: { kind: "jwt" } }));
  const { token } = await issued(g, database);
  const path = "/pizza/1.0.0/live";
  expect(await handshake(g, path)).toBe(401);
  expect(await handshake(g, `${path}?a=1&access_token=${token}&b=2`)).toBe(101);
  expect(handshakes[0]).toMatchObject({ ":url": "/live?a=1&b=2" });
  expect(JSON.stringify(handshakes[0])).not.toContain(token);
  expect(await handshake(g, `${path}?access_token=${token}`)).toBe(101);
  expect(handshakes[1]).toMatchObject({ ":url": "/live" });
  expect(await handshake(g, `${path}?access_token=${token}&access_token=${token}`)).toBe(400);
  expect(await handshake(g, `${path}?access_token=${token}`, { Authorization: `Bearer ${token}` })).toBe(400);
  expect(await handshake(g, `${path}?access_token=x`)).toBe(401);
  // Anything but a handshake has fields for it (RFC 6750, section 2.3).
  expectOwnAnswer(await send(`${g.url}${path}?access_token=${token}`), 401, "900902");
});
