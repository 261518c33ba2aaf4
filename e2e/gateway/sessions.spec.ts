import { type Backend, expect, type Gateway, test } from "../fixtures";
import { pizza, type Sending } from "./client";
import { first, hit, sequence, spread } from "./traffic";

type Group = NonNullable<Parameters<typeof pizza>[1]>;
const long = { suspension: { initialMs: 600_000 } };

function withSession(backends: Backend[], session: Group["session"], group: Group = {}) {
  return pizza(backends, { routing: "loadBalanced", session, each: { settings: long }, ...group });
}

test.describe("transport", () => {
  const transport = { kind: "transport" } as const;
  const by = (cookie: string) => ({ headers: { Cookie: cookie } });

  test("a client that sends the cookie back stays on its endpoint, others are balanced", async ({
    backend,
    gateway,
  }) => {
    const backends = [await backend("a"), await backend("b"), await backend("c")];
    const g = await gateway();
    await g.deploy(withSession(backends, transport));
    const clients = [await hit(g), await hit(g), await hit(g)];
    expect(clients.map((c) => c.by)).toEqual(["a", "b", "c"]);
    for (const client of clients) expect(await spread(g, 5, by(client.cookie))).toEqual({ [client.by]: 5 });
    expect(await spread(g, 6)).toEqual({ a: 2, b: 2, c: 2 });
  });

  test("the cookie is HttpOnly, SameSite=Lax, for the API's base path, and opaque", async ({
    backend,
    gateway,
  }) => {
    const [a, b] = [await backend("a"), await backend("b")];
    const g = await gateway();
    await g.deploy(withSession([a, b], { kind: "transport", timeoutMs: 90_500 }));
    const cookies = (await hit(g)).headers["set-cookie"] ?? [];
    expect(cookies).toHaveLength(1);
    expect(cookies[0]).toMatch(
      /^sluice-[0-9a-f]{8}=ep-1\.[0-9a-z]+\.[\w-]{22}; Path=\/pizza\/1\.0\.0; Max-Age=91; HttpOnly; SameSite=Lax$/,
    );
    expect(cookies[0]).not.toContain(String(a.port));
  });

  test("the cookie is never forwarded to the backend, all others are", async ({ backend, gateway }) => {
    const [a, b] = [await backend("a"), await backend("b")];
    const g = await gateway();
    await g.deploy(withSession([a, b], transport));
    const { cookie } = await hit(g);
    await hit(g, by(`x=1; ${cookie}; sluice-y=2; z="3"`));
    await hit(g, by(cookie));
    expect(a.requests.map((r) => r.headers.cookie)).toEqual([undefined, 'x=1; sluice-y=2; z="3"', undefined]);
  });

  test("a cookie left over from before sessions were switched off reaches no backend", async ({
    backend,
    gateway,
  }) => {
    const [a, b] = [await backend("a"), await backend("b")];
    const g = await gateway();
    await g.deploy(withSession([a, b], transport));
    const { cookie } = await hit(g);
    for (const definition of [
      withSession([a, b], { kind: "none" }),
      pizza([a, b], { routing: "failover" }),
    ]) {
      await g.deploy(definition);
      expect((await hit(g, by(`${cookie}; x=1`))).cookie).toBe("");
    }
    const forwarded = [...a.requests, ...b.requests].map((r) => r.headers.cookie);
    expect(forwarded.filter((c) => c !== undefined)).toEqual(["x=1", "x=1"]);
  });

  test("a backend's own cookies pass beside ours", async ({ backend, gateway }) => {
    const own = ["JSESSIONID=1; Path=/", "theme=dark"];
    const backends = [await backend("a"), await backend("b")];
    for (const b of backends)
      b.answer((_request, response) => void response.setHeader("set-cookie", own).end());
    const g = await gateway();
    await g.deploy(withSession(backends, transport));
    expect((await hit(g)).headers["set-cookie"]).toEqual([...own, expect.stringMatching(/^sluice-/)]);
  });

  test("each use starts the timeout anew: a busy client stays far beyond it", async ({
    backend,
    gateway,
  }) => {
    const [a, b] = [await backend("a"), await backend("b")];
    const g = await gateway();
    const timeoutMs = 3_000;
    await g.deploy(withSession([a, b], { kind: "transport", timeoutMs }));
    let { cookie, by: pinned } = await hit(g);
    const end = Date.now() + 2 * timeoutMs;
    while (Date.now() < end) {
      const next = await hit(g, by(cookie));
      expect(next.by).toBe(pinned);
      cookie = next.cookie;
    }
  });

  test("a session that was not used for its timeout is balanced anew", async ({ backend, gateway }) => {
    const [a, b] = [await backend("a"), await backend("b")];
    const g = await gateway();
    await g.deploy(withSession([a, b], { kind: "transport", timeoutMs: 400 }));
    const start = await hit(g);
    expect(start.by).toBe("a");
    // Always the first cookie: as of a client that has been away since.
    await expect.poll(async () => (await hit(g, by(start.cookie))).by, { intervals: [20] }).toBe("b");
  });

  test("the timeout that counts is that of the revision, whatever the browser keeps", async ({
    backend,
    gateway,
  }) => {
    const [a, b] = [await backend("a"), await backend("b")];
    const g = await gateway();
    await g.deploy(withSession([a, b], { kind: "transport", timeoutMs: 600_000 }));
    const start = await hit(g);
    await g.deploy(withSession([a, b], { kind: "transport", timeoutMs: 1 }));
    await expect
      .poll(async () => (await hit(g, by(start.cookie))).by, { intervals: [20] })
      .not.toBe(start.by);
  });

  test("a cookie that was tampered with is ignored", async ({ backend, gateway }) => {
    const [a, b] = [await backend("a"), await backend("b")];
    const g = await gateway();
    await g.deploy(withSession([a, b], transport));
    const { cookie } = await hit(g);
    const [name, value = ""] = cookie.split("=");
    const [id, used = "", signature = ""] = value.split(".");
    expect(id).toBe("ep-1");
    const last = signature.at(-3) === "A" ? "B" : "A";
    for (const forged of [
      `ep-2.${used}.${signature}`,
      `ep-1.${used}0.${signature}`,
      `ep-1.${used}.${signature.slice(0, -3)}${last}${signature.slice(-2)}`,
      `ep-1.${used}.`,
      `ep-1.${used}`,
      "",
      ".",
      "ep-1",
      "%00",
      "a".repeat(4_000),
    ]) {
      // Balanced like anybody: rotation goes on over both.
      const names = await sequence(g, 2, by(`${name}=${forged}`));
      expect(names.sort(), JSON.stringify(forged).slice(0, 60)).toEqual(["a", "b"]);
    }
    expect(await spread(g, 4, by(cookie))).toEqual({ a: 4 });
  });

  test("a cookie is bound to its API and key type", async ({ backend, gateway }) => {
    const [a, b] = [await backend("a"), await backend("b")];
    const g = await gateway();
    await g.deploy(withSession([a, b], transport));
    const copy = { ...withSession([a, b], transport), name: "Copy", context: "/copy" };
    await g.deploy(copy);
    const path = "/copy/1.0.0/menu";
    const mine = await hit(g);
    const theirs = await hit(g, { path });
    const [theirName] = theirs.cookie.split("=");
    const [, myValue] = mine.cookie.split("=");
    expect(mine.cookie.split("=")[0]).not.toBe(theirName);
    const names = [
      (await hit(g, { path, ...by(`${theirName}=${myValue}`) })).by,
      (await hit(g, { path, ...by(`${theirName}=${myValue}`) })).by,
    ];
    expect(names.sort()).toEqual(["a", "b"]);
    // The same API's sandbox alone: its cookies are others.
    const definition = withSession([a, b], transport);
    const { production } = definition.endpoints!;
    definition.endpoints = {
      production: { ...production, enabled: false, endpoints: [] },
      sandbox: production!,
    };
    await g.deploy(definition);
    expect((await hit(g)).cookie.split("=")[0]).not.toBe(mine.cookie.split("=")[0]);
  });

  test("when the endpoint fails, the session moves and stays where it moved to", async ({
    backend,
    gateway,
  }) => {
    const backends = [await backend("a"), await backend("b"), await backend("c")] as const;
    const g = await gateway();
    await g.deploy(
      withSession([...backends], transport, { each: { settings: { suspension: { initialMs: 200 } } } }),
    );
    const start = await hit(g);
    expect(start.by).toBe("a");
    await backends[0].kill();
    const moved = await hit(g, by(start.cookie));
    expect(moved.status).toBe(200);
    expect(["b", "c"]).toContain(moved.by);
    expect(moved.cookie).not.toBe("");
    await backends[0].restart();
    // Back in rotation for others, and still it stays.
    await expect.poll(async () => (await hit(g)).by, { intervals: [20] }).toBe("a");
    expect(await spread(g, 6, by(moved.cookie))).toEqual({ [moved.by]: 6 });
  });

  test("a suspended endpoint's sessions move at once", async ({ backend, gateway }) => {
    const [a, b] = [await backend("a"), await backend("b")];
    const g = await gateway();
    await g.deploy(withSession([a, b], transport));
    const start = await hit(g);
    await a.kill();
    await hit(g, by(start.cookie));
    await a.restart();
    const before = a.requests.length;
    expect(await spread(g, 4, by(start.cookie))).toEqual({ b: 4 });
    expect(a.requests).toHaveLength(before);
  });

  test("sessions survive a redeploy and a restart of the gateway", async ({ backend, gateway }) => {
    const backends = [await backend("a"), await backend("b"), await backend("c")];
    const before = await gateway();
    await before.deploy(withSession(backends, transport));
    await hit(before);
    const { cookie, by: pinned } = await hit(before);
    await before.deploy(withSession(backends, transport, { slowStartMs: 5, algorithm: { name: "random" } }));
    expect(await spread(before, 4, by(cookie))).toEqual({ [pinned]: 4 });
    await before.stop();
    const after = await gateway();
    expect(await spread(after, 4, by(cookie))).toEqual({ [pinned]: 4 });
  });

  test("a session pinned to a removed endpoint moves", async ({ backend, gateway }) => {
    const [a, b] = [await backend("a"), await backend("b")];
    const g = await gateway();
    await g.deploy(withSession([a, b], transport));
    const start = await hit(g);
    expect(start.by).toBe("a");
    const without = withSession([a, b], transport);
    without.endpoints!.production!.endpoints!.shift();
    await g.deploy(without);
    const moved = await hit(g, by(start.cookie));
    expect(moved.by).toBe("b");
    expect(moved.cookie).not.toBe("");
  });

  test("sessions are for load balancing only: no cookie with failover or a single endpoint", async ({
    backend,
    gateway,
  }) => {
    const [a, b] = [await backend("a"), await backend("b")];
    const g = await gateway();
    for (const routing of ["failover", "single"] as const) {
      await g.deploy(withSession([a, b], transport, { routing }));
      expect((await hit(g)).headers["set-cookie"], routing).toBeUndefined();
    }
  });

  test("an answer of the gateway itself pins nobody", async ({ backend, gateway }) => {
    const [a, b] = [await backend("a"), await backend("b")];
    const g = await gateway();
    await g.deploy(withSession([a, b], transport));
    await Promise.all([a.kill(), b.kill()]);
    const answer = await hit(g);
    expect([answer.status, answer.cookie]).toEqual([502, ""]);
  });
});

test("without sessions there is no cookie", async ({ backend, gateway }) => {
  const [a, b] = [await backend("a"), await backend("b")];
  const g = await gateway();
  await g.deploy(withSession([a, b], { kind: "none" }));
  expect((await hit(g)).headers["set-cookie"]).toBeUndefined();
});

test.describe("client ID by HTTP header", () => {
  const clientId = { kind: "clientId" } as const;
  const as = (id: string): Sending => ({ headers: { ClientID: id } });

  test("one ID stays on one endpoint, without any cookie", async ({ backend, gateway }) => {
    const backends = [await backend("a"), await backend("b"), await backend("c")];
    const g = await gateway();
    await g.deploy(withSession(backends, clientId));
    const clients = [];
    for (const id of ["ann", "bob", "cid"]) clients.push({ id, ...(await hit(g, as(id))) });
    expect(clients.map((c) => c.by)).toEqual(["a", "b", "c"]);
    for (const { id, by, cookie } of clients) {
      expect(cookie).toBe("");
      expect(await spread(g, 4, as(id))).toEqual({ [by]: 4 });
    }
    expect(backends[0]!.requests[0]?.headers.clientid).toBe("ann");
  });

  test("callers without the ID are balanced", async ({ backend, gateway }) => {
    const [a, b] = [await backend("a"), await backend("b")];
    const g = await gateway();
    await g.deploy(withSession([a, b], clientId));
    expect(await spread(g, 4)).toEqual({ a: 2, b: 2 });
  });

  test("the header's name can be chosen", async ({ backend, gateway }) => {
    const [a, b] = [await backend("a"), await backend("b")];
    const g = await gateway();
    await g.deploy(withSession([a, b], { kind: "clientId", header: "X-Device" }));
    expect(Object.values(await spread(g, 4, { headers: { "x-device": "d1" } }))).toEqual([4]);
    expect(await spread(g, 4, as("ann"))).toEqual({ a: 2, b: 2 });
  });

  test("the session ends with its timeout, slides with each use, and survives a redeploy", async ({
    backend,
    gateway,
  }) => {
    const [a, b] = [await backend("a"), await backend("b")];
    const g = await gateway();
    const timeoutMs = 2_000;
    await g.deploy(withSession([a, b], { kind: "clientId", timeoutMs }));
    const { by: pinned } = await hit(g, as("ann"));
    const end = Date.now() + 2 * timeoutMs;
    while (Date.now() < end) expect((await hit(g, as("ann"))).by).toBe(pinned);
    await g.deploy(withSession([a, b], { kind: "clientId", timeoutMs }, { slowStartMs: 1 }));
    expect((await hit(g, as("ann"))).by).toBe(pinned);
    // Shorter than any pause between two polls.
    await g.deploy(withSession([a, b], { kind: "clientId", timeoutMs: 1 }));
    await expect.poll(async () => (await hit(g, as("ann"))).by, { intervals: [30] }).not.toBe(pinned);
  });

  test("when the endpoint fails, the session moves and stays", async ({ backend, gateway }) => {
    const [a, b] = [await backend("a"), await backend("b")];
    const g = await gateway();
    await g.deploy(withSession([a, b], clientId, { each: { settings: { suspension: { initialMs: 200 } } } }));
    expect((await hit(g, as("ann"))).by).toBe("a");
    await a.kill();
    expect((await hit(g, as("ann"))).by).toBe("b");
    await a.restart();
    await expect.poll(async () => (await hit(g)).by, { intervals: [20] }).toBe("a");
    expect(await spread(g, 4, as("ann"))).toEqual({ b: 4 });
  });

  test("one API's client IDs mean nothing to another", async ({ backend, gateway }) => {
    const [a, b] = [await backend("a"), await backend("b")];
    const g = await gateway();
    await g.deploy(withSession([a, b], clientId));
    await g.deploy({ ...withSession([b, a], clientId), name: "Copy", context: "/copy" });
    expect((await hit(g, as("ann"))).by).toBe("a");
    expect((await hit(g, { ...as("ann"), path: "/copy/1.0.0/menu" })).by).toBe("b");
    expect((await hit(g, as("ann"))).by).toBe("a");
  });
});

// SOAP.

const SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/";
const SOAP12 = "http://www.w3.org/2003/05/soap-envelope";
const AXIS2 = "http://ws.apache.org/namespaces/axis2";
const SYNAPSE = "http://ws.apache.org/ns/synapse";

const envelope = (header: string, body = "<order/>", namespace = SOAP11) =>
  `<?xml version="1.0"?><s:Envelope xmlns:s="${namespace}"><s:Header>${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`;
const groupId = (id: string) => `<axis2:ServiceGroupId xmlns:axis2="${AXIS2}">${id}</axis2:ServiceGroupId>`;
const clientIdElement = (id: string) => `<syn:ClientID xmlns:syn="${SYNAPSE}">${id}</syn:ClientID>`;
/** How Axis2 hands out its session. */
const replyTo = (id: string) =>
  `<wsa:ReplyTo xmlns:wsa="http://www.w3.org/2005/08/addressing"><wsa:Address>http://x</wsa:Address><wsa:ReferenceParameters>${groupId(id)}</wsa:ReferenceParameters></wsa:ReplyTo>`;

const soap = (body: string, headers: Record<string, string> = {}): Sending => ({
  method: "POST",
  headers: { "Content-Type": "text/xml; charset=utf-8", SOAPAction: '""', ...headers },
  body,
});

/** Answers with the session `urn:uuid:<name>`, and with who it is in a header that tests read. */
function startsSessions(backend: Backend, ofRequest: () => string = () => `urn:uuid:${backend.name}`): void {
  backend.answer((request, response) => {
    request.resume().on("end", () => {
      response.writeHead(200, { "Content-Type": "text/xml", "X-By": backend.name });
      response.end(envelope(replyTo(ofRequest())));
    });
  });
}

async function whoAnswers(gateway: Gateway, sending: Sending): Promise<unknown> {
  const answer = await hit(gateway, sending);
  expect(answer.status).toBe(200);
  return answer.headers["x-by"] ?? answer.by;
}

test.describe("SOAP", () => {
  for (const [version, namespace, contentType] of [
    ["1.1", SOAP11, "text/xml"],
    ["1.2", SOAP12, "application/soap+xml; charset=utf-8"],
  ] as const) {
    test(`${version}: the ServiceGroupId of an answer keeps its client on that endpoint`, async ({
      backend,
      gateway,
    }) => {
      const backends = [await backend("a"), await backend("b"), await backend("c")];
      for (const b of backends) startsSessions(b);
      const g = await gateway();
      await g.deploy(withSession(backends, { kind: "soap" }));
      const message = (header: string) =>
        soap(envelope(header, "<order/>", namespace), { "Content-Type": contentType });
      expect([await whoAnswers(g, message("")), await whoAnswers(g, message(""))]).toEqual(["a", "b"]);
      for (const name of ["a", "b"]) {
        for (let i = 0; i < 3; i++)
          expect(await whoAnswers(g, message(groupId(`urn:uuid:${name}`)))).toBe(name);
      }
      // The message arrives whole and untouched.
      expect(backends[0]!.requests.at(-1)?.body).toBe(message(groupId("urn:uuid:a")).body);
    });
  }

  test("an unknown session is balanced anew, and stays where it came to", async ({ backend, gateway }) => {
    const backends = [await backend("a"), await backend("b")];
    const g = await gateway();
    await g.deploy(withSession(backends, { kind: "soap" }));
    const message = soap(envelope(groupId("urn:uuid:unknown")));
    const { by } = await hit(g, message);
    for (let i = 0; i < 4; i++) expect((await hit(g, message)).by).toBe(by);
  });

  test("an endpoint that answers a session with a new one is where the new one stays", async ({
    backend,
    gateway,
  }) => {
    const backends = [await backend("a"), await backend("b")];
    for (const b of backends) startsSessions(b, () => `urn:uuid:new-${b.name}`);
    const g = await gateway();
    await g.deploy(withSession(backends, { kind: "soap" }));
    const who = await whoAnswers(g, soap(envelope(groupId("urn:uuid:old"))));
    for (let i = 0; i < 4; i++)
      expect(await whoAnswers(g, soap(envelope(groupId(`urn:uuid:new-${who}`))))).toBe(who);
  });

  test("when the endpoint fails the session moves and stays", async ({ backend, gateway }) => {
    const [a, b] = [await backend("a"), await backend("b")];
    for (const each of [a, b]) startsSessions(each);
    const g = await gateway();
    await g.deploy(
      withSession([a, b], { kind: "soap" }, { each: { settings: { suspension: { initialMs: 200 } } } }),
    );
    expect(await whoAnswers(g, soap(envelope("")))).toBe("a");
    await a.kill();
    const message = soap(envelope(groupId("urn:uuid:a")));
    expect(await whoAnswers(g, message)).toBe("b");
    await a.restart();
    await expect.poll(() => whoAnswers(g, soap(envelope(""))), { intervals: [20] }).not.toBe("b");
    for (let i = 0; i < 4; i++) expect(await whoAnswers(g, message)).toBe("b");
  });

  test("what is no session in the SOAP header pins nobody", async ({ backend, gateway }) => {
    const backends = [await backend("a"), await backend("b")];
    const g = await gateway();
    await g.deploy(withSession(backends, { kind: "soap" }));
    for (const [what, message] of Object.entries({
      "in the body": envelope("", groupId("urn:uuid:1")),
      "without its namespace": envelope("<ServiceGroupId>urn:uuid:1</ServiceGroupId>"),
      "in another namespace": envelope(groupId("urn:uuid:1").replaceAll(AXIS2, "urn:other")),
      "in no envelope": `<x><Header>${groupId("urn:uuid:1")}</Header></x>`,
      "in an envelope of nobody's": envelope(groupId("urn:uuid:1"), "", "urn:not-soap"),
      empty: envelope(groupId("  ")),
      "too long": envelope(groupId("x".repeat(201))),
      "with elements inside": envelope(groupId("<a/>urn:uuid:1")),
    })) {
      const names = [(await hit(g, soap(message))).by, (await hit(g, soap(message))).by];
      expect(names.sort(), what).toEqual(["a", "b"]);
    }
  });

  test("a malformed message is forwarded unpinned, byte for byte", async ({ backend, gateway }) => {
    const [a, b] = [await backend("a"), await backend("b")];
    const g = await gateway();
    await g.deploy(withSession([a, b], { kind: "soap" }));
    for (const body of [
      `<s:Envelope xmlns:s="${SOAP11}"><s:Header><oops></s:Header>${groupId("urn:uuid:1")}`,
      "not xml at all",
      `<s:Envelope xmlns:s="${SOAP11}"`,
      "\u0000\u0001",
      "",
    ]) {
      const names = [(await hit(g, soap(body))).by, (await hit(g, soap(body))).by];
      expect(names.sort(), JSON.stringify(body).slice(0, 40)).toEqual(["a", "b"]);
      expect([a.requests.at(-1)?.body, b.requests.at(-1)?.body]).toEqual([body, body]);
    }
  });

  test("a message over 1 MiB is forwarded unpinned, byte for byte", async ({ backend, gateway }) => {
    const [a, b] = [await backend("a"), await backend("b")];
    const g = await gateway();
    await g.deploy(withSession([a, b], { kind: "soap" }));
    const body = envelope(groupId("urn:uuid:1"), `<order>${"x".repeat(1024 * 1024)}</order>`);
    const names = [(await hit(g, soap(body))).by, (await hit(g, soap(body))).by];
    expect(names.sort()).toEqual(["a", "b"]);
    expect(a.requests[0]!.body === body && b.requests[0]!.body === body).toBe(true);
    // Just below the limit it is read.
    const small = envelope(groupId("urn:uuid:1"), `<order>${"x".repeat(1_000_000)}</order>`);
    expect(new Set([(await hit(g, soap(small))).by, (await hit(g, soap(small))).by]).size).toBe(1);
  });

  const bombs = {
    "nested entities": `<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a0 "aaaaaaaaaa">${Array.from(
      { length: 12 },
      (_, i) => `<!ENTITY a${i + 1} "${`&a${i};`.repeat(10)}">`,
    ).join("")}]><s:Envelope xmlns:s="${SOAP11}"><s:Header>${groupId("&a12;")}</s:Header></s:Envelope>`,
    "an entity from a file": `<?xml version="1.0"?><!DOCTYPE l [<!ENTITY f SYSTEM "file:///etc/passwd">]><s:Envelope xmlns:s="${SOAP11}"><s:Header>${groupId("&f;")}</s:Header></s:Envelope>`,
    "very deep nesting": `<s:Envelope xmlns:s="${SOAP11}" xmlns="urn:x"><s:Header>${"<a>".repeat(300_000)}`,
    "very many attributes": `<s:Envelope xmlns:s="${SOAP11}" ${Array.from({ length: 50_000 }, (_, i) => `a${i}="1"`).join(" ")}/>`,
  };
  for (const [what, body] of Object.entries(bombs)) {
    test(`${what}: passed on untouched, and nobody else has to wait`, async ({ backend, gateway }) => {
      const [a, b] = [await backend("a"), await backend("b")];
      const g = await gateway();
      await g.deploy(withSession([a, b], { kind: "soap" }));
      const names = [(await hit(g, soap(body))).by, (await hit(g, soap(body))).by];
      expect(names.sort()).toEqual(["a", "b"]);
      expect(a.requests[0]!.body === body && b.requests[0]!.body === body).toBe(true);
      expect((await hit(g)).status).toBe(200);
    });
  }

  test("an answer that is a bomb is passed on, too", async ({ backend, gateway }) => {
    const [a, b] = [await backend("a"), await backend("b")];
    const bomb = bombs["very deep nesting"];
    for (const each of [a, b])
      each.answer((_request, response) => void response.setHeader("content-type", "text/xml").end(bomb));
    const g = await gateway();
    await g.deploy(withSession([a, b], { kind: "soap" }));
    expect((await hit(g, soap(envelope("")))).body === bomb).toBe(true);
  });

  test("what is not SOAP is neither read nor pinned", async ({ backend, gateway }) => {
    const [a, b] = [await backend("a"), await backend("b")];
    const g = await gateway();
    await g.deploy(withSession([a, b], { kind: "soap" }));
    const body = envelope(groupId("urn:uuid:1"));
    const plain: Sending = { method: "POST", headers: { "Content-Type": "text/plain" }, body };
    expect(await spread(g, 4, plain)).toEqual({ a: 2, b: 2 });
    expect(await spread(g, 4)).toEqual({ a: 2, b: 2 });
  });

  test("a ClientID in the SOAP header keeps its client on one endpoint", async ({ backend, gateway }) => {
    const backends = [await backend("a"), await backend("b"), await backend("c")];
    const g = await gateway();
    await g.deploy(withSession(backends, { kind: "clientId" }));
    const as = (id: string) => soap(envelope(clientIdElement(id)));
    const [ann, bob] = [(await hit(g, as("ann"))).by, (await hit(g, as("bob"))).by];
    expect(ann).not.toBe(bob);
    for (let i = 0; i < 3; i++) {
      expect((await hit(g, as("ann"))).by).toBe(ann);
      expect((await hit(g, as("bob"))).by).toBe(bob);
    }
    // It is the same client, whichever way it says so.
    expect((await hit(g, { headers: { ClientID: "ann" } })).by).toBe(ann);
  });

  test("a pinned SOAP session goes on at a draining endpoint", async ({ backend, gateway }) => {
    const [a, b] = [await backend("a"), await backend("b")];
    const g = await gateway();
    await g.deploy(withSession([a, b], { kind: "clientId" }));
    const message = soap(envelope(clientIdElement("ann")));
    expect((await hit(g, message)).by).toBe("a");
    await g.deploy(first(withSession([a, b], { kind: "clientId" }), { state: "draining" }));
    for (let i = 0; i < 3; i++) expect((await hit(g, message)).by).toBe("a");
  });
});
