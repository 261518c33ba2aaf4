import { createHash } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, RequestListener } from "node:http";
import { WebSocket, WebSocketServer } from "ws";
import { type Backend, expect, type Gateway, test } from "../fixtures";
import { authority, signed } from "./certificate";
import { endpoint, expectOwnAnswer, pizza, send } from "./client";

const menu = (g: Gateway) => `${g.url}/pizza/1.0.0/menu`;
const PASSWORD = "open sesame";
const plain = { plain: PASSWORD };
const basicOf = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
const basic = { kind: "basic", basic: { username: "anna", password: plain } } as const;

test("Basic replaces what the caller sends, and nothing stored or shown holds the password", async ({
  backend,
  database,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one], { security: basic }));
  await send(menu(g), { headers: { Authorization: "Bearer callers-own", authorization: "Bearer again" } });
  expect(one.requests[0]!.headers.authorization).toBe(basicOf("anna", PASSWORD));
  expect(one.requests[0]!.rawHeaders.filter((name) => /^authorization$/i.test(name))).toHaveLength(1);
  for (const table of ["Api", "Revision", "Secret", "AuditEntry"]) {
    expect(JSON.stringify(await database.sql(`SELECT * FROM "${table}"`)), table).not.toContain(PASSWORD);
  }
  expect(JSON.stringify(await g.status())).not.toContain(PASSWORD);
  expect(g.output()).not.toContain(PASSWORD);
});

test("without security the caller's own Authorization passes", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one]));
  await send(menu(g), { headers: { Authorization: "Bearer callers-own" } });
  expect(one.requests[0]!.headers.authorization).toBe("Bearer callers-own");
});

test.describe(() => {
  test.use({ installation: "own" });

  test("a secret of another API cannot be borrowed", async ({ backend, database, gateway }) => {
    const one = await backend("one");
    const g = await gateway();
    await g.deploy(pizza([one], { security: basic }));
    const [secret] = await database.sql<{ id: string }>("SELECT id FROM Secret");
    const borrowed = { ...basic, basic: { username: "eve", password: { id: secret!.id } } };
    const theirs = pizza(
      [{ url: one.url }],
      { each: { id: "ep-eve" }, security: borrowed },
      { name: "Eve", context: "/eve" },
    );
    await expect(database.save(theirs)).rejects.toThrow("not one of this API's");
    const id = await database.save(
      pizza([one], { each: { id: "ep-eve" } }, { name: "Eve", context: "/eve" }),
    );
    await database.deploy(pizza([one], { each: { id: "ep-eve" } }, { name: "Eve", context: "/eve" }));
    const definition = JSON.stringify({ ...theirs, security: { kind: "none" } });
    await database.sql(`UPDATE Revision SET definition = '${definition}' WHERE apiId = '${id}'`);
    await g.stop();
    const again = await gateway();
    expect((await send(`${again.url}/eve/1.0.0/menu`)).status).toBe(404);
    const broken = (await again.status()).apis.find((api) => api.apiId === id);
    expect(broken?.error).toContain("A stored password or key cannot be read");
    expect((await send(menu(again))).status).toBe(200);
  });
});

test("production's credentials do not go to the sandbox", async ({ backend, gateway }) => {
  const [one, two] = [await backend("one"), await backend("two")];
  const g = await gateway();
  const definition = pizza([one], { security: basic });
  definition.endpoints!.production!.enabled = false;
  definition.endpoints!.sandbox = { enabled: true, endpoints: [{ id: "ep-2", url: two.url }] };
  await g.deploy(definition);
  expect((await send(menu(g))).status).toBe(200);
  expect(two.requests[0]!.headers.authorization).toBeUndefined();
});

test("an API key goes into its header in the place of the caller's", async ({ backend, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one], { security: { kind: "apiKey", apiKey: { name: "X-Api-Key", value: plain } } }));
  await send(menu(g), { headers: { "x-api-key": "callers-own", Authorization: "Bearer kept" } });
  expect(one.requests[0]!.headers).toMatchObject({ "x-api-key": PASSWORD, authorization: "Bearer kept" });
});

test("an API key goes into the query, where the caller's other parameters stay as they are", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  const apiKey = { in: "query", name: "key", value: plain } as const;
  await g.deploy(pizza([one], { security: { kind: "apiKey", apiKey } }));
  for (const query of ["", "?", "?a=%7e&key=callers&b", "?k%65y=x", "?a=1+2"]) await send(menu(g) + query);
  expect(one.requests.map((r) => r.url)).toEqual([
    "/menu?key=open%20sesame",
    "/menu?key=open%20sesame",
    "/menu?a=%7e&b&key=open%20sesame",
    "/menu?key=open%20sesame",
    "/menu?a=1+2&key=open%20sesame",
  ]);
});

/** Answers those who prove that they know the password (RFC 7616). */
function digestBackend(algorithm: "MD5" | "SHA-256", nonces: { current: string }): RequestListener {
  const hash = (text: string) =>
    createHash(algorithm === "MD5" ? "md5" : "sha256")
      .update(text)
      .digest("hex");
  return (req, res) => {
    const field = (name: string) => {
      const found = new RegExp(`[ ,]${name}=(?:"([^"]*)"|([^ ,]*))`).exec(req.headers.authorization ?? "");
      return found?.[1] ?? found?.[2] ?? "";
    };
    const ha1 = hash(`anna:the realm:${PASSWORD}`);
    const ha2 = hash(`${req.method}:${req.url}`);
    const expected = hash(`${ha1}:${field("nonce")}:${field("nc")}:${field("cnonce")}:auth:${ha2}`);
    const known = field("nonce") === nonces.current;
    req.resume();
    req.on("end", () => {
      if (known && field("response") === expected && field("uri") === req.url) return res.end("welcome");
      const stale = field("nonce") !== "" && !known ? ", stale=true" : "";
      const challenge = `Digest realm="the realm", qop="auth,auth-int", algorithm=${algorithm}, nonce="${nonces.current}", opaque="o"${stale}`;
      res.writeHead(401, { "WWW-Authenticate": ["Basic realm=x", challenge] }).end("who are you?");
    });
  };
}

for (const algorithm of ["MD5", "SHA-256"] as const) {
  test(`Digest with ${algorithm} answers the challenge once, and new ones when they come`, async ({
    backend,
    gateway,
  }) => {
    const nonces = { current: "n1" };
    const one = await backend("one", { handler: digestBackend(algorithm, nonces) });
    const g = await gateway();
    await g.deploy(
      pizza([one], { security: { kind: "digest", digest: { username: "anna", password: plain } } }),
    );
    const posted = await send(`${menu(g)}?a=1,2`, {
      method: "POST",
      body: "order",
      headers: { Authorization: "x" },
    });
    expect(posted).toMatchObject({ status: 200, body: "welcome" });
    expect(one.requests.map((r) => [r.body, r.headers.authorization !== undefined])).toEqual([
      ["order", false],
      ["order", true],
    ]);
    expect((await send(menu(g))).body).toBe("welcome");
    expect(one.requests).toHaveLength(3);
    expect(one.requests[2]!.headers.authorization).toContain("nc=00000002");
    nonces.current = "n2";
    expect((await send(menu(g))).body).toBe("welcome");
    expect(one.requests).toHaveLength(5);
    expect(await endpoint(g)).toMatchObject({ failures: 0, inFlight: 0 });
  });
}

test("a wrong password ends with the backend's own answer, not in a circle", async ({ backend, gateway }) => {
  const one = await backend("one", { handler: digestBackend("MD5", { current: "n1" }) });
  const g = await gateway();
  const digest = { username: "anna", password: { plain: "wrong" } };
  await g.deploy(pizza([one], { security: { kind: "digest", digest } }));
  expect(await send(menu(g))).toMatchObject({ status: 401, body: "who are you?" });
  expect(one.requests).toHaveLength(2);
  expect((await send(menu(g))).status).toBe(401);
  expect(one.requests).toHaveLength(3);
});

/** A token server that counts, and a backend that takes its newest token. */
async function tokenServer(backend: (name: string, options: object) => Promise<Backend>, tls?: object) {
  const state = { issued: 0, expiresIn: 3600 as number | undefined, status: 200, valid: "" };
  const server = await backend("tokens", {
    tls,
    handler: (req: IncomingMessage, res: import("node:http").ServerResponse) => {
      req.resume();
      req.on("end", () => {
        if (state.status !== 200) {
          res
            .writeHead(state.status)
            .end(JSON.stringify({ error: "invalid_client", error_description: PASSWORD }));
          return;
        }
        state.valid = `token-${++state.issued}`;
        const answer = { access_token: state.valid, token_type: "Bearer", expires_in: state.expiresIn };
        res.end(JSON.stringify(answer));
      });
    },
  });
  return { state, server };
}

const oauth2 = (url: string, more: object = {}) => ({
  security: {
    kind: "oauth2" as const,
    oauth2: {
      tokenUrl: `${url}/token`,
      clientId: "slu:ice",
      clientSecret: plain,
      scopes: "read write",
      ...more,
    },
  },
});

test("OAuth 2.0 gets a token once, however many requests wait for it", async ({ backend, gateway }) => {
  const { state, server } = await tokenServer(backend);
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one], oauth2(server.url)));
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => send(menu(g), { headers: { Authorization: "x" } })),
  );
  expect(answers.map((a) => a.status)).toEqual(Array(20).fill(200));
  expect(state.issued).toBe(1);
  expect(new Set(one.requests.map((r) => r.headers.authorization))).toEqual(new Set(["Bearer token-1"]));
  const asked = server.requests[0]!;
  expect(asked).toMatchObject({ method: "POST", body: "grant_type=client_credentials&scope=read+write" });
  expect(asked.headers.authorization).toBe(basicOf("slu%3Aice", "open+sesame"));
});

test("OAuth 2.0 with the password grant and the client in the form", async ({ backend, gateway }) => {
  const { server } = await tokenServer(backend);
  const one = await backend("one");
  const g = await gateway();
  const more = {
    grant: "password",
    username: "anna",
    password: { plain: "p&w" },
    clientIn: "body",
    scopes: "",
    parameters: "audience=https://a.example/?x=1&y\n\nresource = b ",
  };
  await g.deploy(pizza([one], oauth2(server.url, more)));
  expect((await send(menu(g))).status).toBe(200);
  expect(Object.fromEntries(new URLSearchParams(server.requests[0]!.body))).toEqual({
    grant_type: "password",
    username: "anna",
    password: "p&w",
    client_id: "slu:ice",
    client_secret: PASSWORD,
    audience: "https://a.example/?x=1&y",
    resource: "b",
  });
  expect(server.requests[0]!.headers.authorization).toBeUndefined();
});

test("a token is renewed before it ends, and once when the backend refuses it", async ({
  backend,
  gateway,
}) => {
  const { state, server } = await tokenServer(backend);
  const one = await backend("one", {
    handler: (req, res) => {
      req.resume();
      req.on("end", () => {
        const known = req.headers.authorization === `Bearer ${state.valid}`;
        res.writeHead(known ? 200 : 401).end(known ? "welcome" : "refused");
      });
    },
  });
  const g = await gateway();
  await g.deploy(pizza([one], oauth2(server.url)));
  expect((await send(menu(g))).body).toBe("welcome");
  state.valid = "revoked";
  expect(await send(menu(g), { method: "POST", body: "order" })).toMatchObject({
    status: 200,
    body: "welcome",
  });
  expect(one.requests.map((r) => r.body)).toEqual(["", "order", "order"]);
  expect(state.issued).toBe(2);
  one.answer((_req, res) => res.writeHead(401).end("never"));
  expect(await send(menu(g))).toMatchObject({ status: 401, body: "never" });
  expect(state.issued).toBe(3);
});

test("a short-lived token is renewed while requests go on", async ({ backend, gateway }) => {
  const { state, server } = await tokenServer(backend);
  state.expiresIn = 1;
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one], oauth2(server.url)));
  await expect
    .poll(async () => {
      expect((await send(menu(g))).status).toBe(200);
      return state.issued;
    })
    .toBeGreaterThan(2);
});

test("a token server that fails is told apart from the backend, and asked again soon", async ({
  backend,
  gateway,
}) => {
  const { state, server } = await tokenServer(backend);
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one], oauth2(server.url)));
  state.status = 401;
  const refused = await send(menu(g));
  expectOwnAnswer(refused, 502, "101503");
  expect(refused.body).toContain("could not get the credentials");
  const failing = await endpoint(g);
  expect(failing).toMatchObject({ state: "notChecked", failures: 0, inFlight: 0 });
  expect(failing.lastError?.words).toBe("the token server answered 401 (invalid_client)");
  expect(g.output()).not.toContain(PASSWORD);
  await Promise.all(Array.from({ length: 5 }, () => send(menu(g))));
  expect(server.requests.length).toBeLessThan(3);
  state.status = 200;
  await expect.poll(async () => (await send(menu(g))).status).toBe(200);
  expect(one.requests).toHaveLength(1);
  await server.kill();
});

test("a token server's certificate is verified like a backend's", async ({ backend, database, gateway }) => {
  const { server } = await tokenServer(backend, signed);
  const one = await backend("one");
  const g = await gateway();
  await g.deploy(pizza([one], oauth2(server.url)));
  expect((await send(menu(g))).status).toBe(502);
  expect((await endpoint(g)).lastError?.words).toBe(
    "token server: TLS: its certificate is from an unknown issuer",
  );
  await database.trust({ origin: server.url, alias: "tokens", certificate: authority.cert });
  await expect.poll(async () => (await send(menu(g))).status).toBe(200);
});

test.describe(() => {
  test.use({ installation: "own" });

  test("addresses of cloud metadata and denied hosts are not asked for tokens", async ({
    backend,
    gateway,
  }) => {
    const { server } = await tokenServer(backend);
    const one = await backend("one");
    const g = await gateway({ CHECK_DENY_HOSTS: "127.0.0.1" });
    for (const [url, words] of [
      ["http://169.254.169.254", "token server: link-local and cloud metadata addresses are refused"],
      [server.url.replace("127.0.0.1", "localhost"), "token server: this host may not be asked from here"],
      ["http://[::ffff:a9fe:a9fe]", "token server: link-local and cloud metadata addresses are refused"],
    ] as const) {
      await g.deploy(pizza([one], oauth2(url)));
      expect((await send(menu(g))).status).toBe(502);
      expect((await endpoint(g)).lastError?.words).toBe(words);
    }
    expect(server.requests).toHaveLength(0);
    await server.kill();
  });
});

test.describe(() => {
  test.use({ installation: "own" });

  test("with an allow list only its hosts are asked for tokens", async ({ backend, gateway }) => {
    const { server } = await tokenServer(backend);
    const one = await backend("one");
    const g = await gateway({ CHECK_ALLOW_HOSTS: "localhost" });
    await g.deploy(pizza([one], oauth2(server.url)));
    expect((await send(menu(g))).status).toBe(502);
    expect((await endpoint(g)).lastError?.words).toBe("token server: this host may not be asked from here");
    expect(server.requests).toHaveLength(0);
    await g.deploy(pizza([one], oauth2(server.url.replace("127.0.0.1", "localhost"))));
    expect((await send(menu(g))).status).toBe(200);
    await server.kill();
  });
});

test("active checks come with the credentials", async ({ backend, gateway }) => {
  const one = await backend("one", {
    handler: (req, res) =>
      res.writeHead(req.headers.authorization === basicOf("anna", PASSWORD) ? 200 : 401).end(),
  });
  const healthCheck = { enabled: true, intervalMs: 100, unhealthyAfter: 1, healthyAfter: 1 };
  const g = await gateway();
  await g.deploy(pizza([one], { healthCheck, security: basic }));
  await expect.poll(async () => (await endpoint(g)).state).toBe("up");
});

test("WebSockets come with the credentials", async ({ backend, gateway }) => {
  const sockets = new WebSocketServer({ noServer: true });
  const seen: (string | undefined)[] = [];
  const one = await backend("one", {
    upgrade: (req, socket, head) => {
      seen.push(req.headers.authorization, req.url);
      sockets.handleUpgrade(req, socket, head, (ws) => ws.send("hello"));
    },
  });
  const { server } = await tokenServer(backend);
  const g = await gateway();
  const opened = async () => {
    const ws = new WebSocket(menu(g).replace("http:", "ws:"), {
      headers: { Authorization: "Bearer callers-own" },
    });
    await once(ws, "message");
    ws.terminate();
  };
  await g.deploy(pizza([one], { security: basic }));
  await opened();
  await g.deploy(
    pizza([one], { security: { kind: "apiKey", apiKey: { in: "query", name: "k", value: plain } } }),
  );
  await opened();
  await g.deploy(pizza([one], oauth2(server.url)));
  await opened();
  expect(seen).toEqual([
    basicOf("anna", PASSWORD),
    "/menu",
    "Bearer callers-own",
    "/menu?k=open%20sesame",
    "Bearer token-1",
    "/menu",
  ]);
});
