import { once } from "node:events";
import { createSecureServer, createServer } from "node:http2";
import { expect, type Gateway, test } from "../fixtures";
import { freePort } from "../ports";
import { certificate } from "./certificate";
import { rawServer } from "./client";

async function check(g: Gateway, url: string, how = {}): Promise<{ state: string; message: string }> {
  const answer = await fetch(`${g.adminUrl}/check`, {
    method: "POST",
    body: JSON.stringify({ url, ...how }),
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as { state: string; message: string };
}

test("an endpoint that answers is described in words", async ({ backend, gateway }) => {
  const one = await backend("one", {
    handler: (req, res) => {
      if (req.url === "/moved") res.writeHead(302, { Location: "https://elsewhere.example/" });
      else res.statusCode = Number(req.url!.slice(1)) || 200;
      res.end();
    },
  });
  const g = await gateway();
  expect(await check(g, one.url)).toEqual({
    ...{ state: "up", status: 200 },
    message: expect.stringMatching(/^200 OK in \d+ ms$/),
  });
  expect(await check(g, `${one.url}/404`)).toEqual({
    ...{ state: "answers", status: 404 },
    message: expect.stringMatching(/^404 Not Found in \d+ ms: the server answers$/),
  });
  expect((await check(g, `${one.url}/500`)).state).toBe("answers");
  expect(one.requests.map((r) => r.method)).toEqual(["HEAD", "HEAD", "HEAD"]);
  // Redirects are told, not followed.
  expect(await check(g, `${one.url}/moved`)).toEqual({
    ...{ state: "answers", status: 302 },
    message: expect.stringMatching(
      /^302 Found in \d+ ms: the server redirects to https:\/\/elsewhere\.example\/$/,
    ),
  });
});

test("a server that does not know HEAD is asked with GET", async ({ backend, gateway }) => {
  const one = await backend("one", {
    handler: (req, res) => {
      if (req.method === "HEAD") res.writeHead(req.url === "/501" ? 501 : 405).end();
      // Endless, so that an answer that is read to its end would time out.
      else res.writeHead(200).write("x");
    },
  });
  const g = await gateway();
  for (const path of ["/405", "/501"]) {
    expect((await check(g, one.url + path)).message).toMatch(/^200 OK in/);
  }
  expect(one.requests.map((r) => r.method)).toEqual(["HEAD", "GET", "HEAD", "GET"]);
});

test("an endpoint that does not answer is described in words", async ({ backend, gateway }) => {
  const garbage = await rawServer((socket) => socket.once("data", () => socket.end("220 ready\r\n")));
  const closing = await rawServer((socket) => socket.once("data", () => socket.resetAndDestroy()));
  const tls = await backend("tls", { tls: certificate });
  const g = await gateway();
  const says = async (url: string) => {
    const { state, message } = await check(g, url);
    expect(state, url).toBe("down");
    return message;
  };
  expect(await says(`http://127.0.0.1:${await freePort()}`)).toBe("Connection refused");
  expect(await says("http://no-such-host.invalid")).toMatch(/^Unknown host/);
  expect(await says(garbage.url)).toBe("The server does not speak HTTP");
  expect(await says(closing.url)).toBe("Connection closed by the server");
  expect(await says(tls.url)).toMatch(/^TLS: /);
  expect(await says("ftp://127.0.0.1")).toMatch(/http:\/\/ or https:\/\//);
  expect(await says("http://user:secret@127.0.0.1")).not.toContain("secret");
  garbage.close();
  closing.close();
});

test("a check gives up after 3 s", async ({ backend, gateway }) => {
  const one = await backend("one");
  one.hang();
  const g = await gateway();
  const started = performance.now();
  expect(await check(g, one.url)).toEqual({
    ...{ state: "down", status: null },
    message: "No answer within 3 s",
  });
  expect(performance.now() - started).toBeGreaterThanOrEqual(2900);
  await expect.poll(() => one.requests[0]?.aborted).toBe(true);
});

test("link-local and cloud metadata addresses are refused in every spelling", async ({ gateway }) => {
  const g = await gateway();
  const hosts = [
    "169.254.169.254",
    "169.254.0.1",
    "169.254.169.254.",
    "2852039166",
    "0xA9FEA9FE",
    "0251.0376.0251.0376",
    "169.254.43518",
    "[::ffff:169.254.169.254]",
    "[::ffff:a9fe:a9fe]",
    "[0:0:0:0:0:ffff:a9fe:a9fe]",
    "[64:ff9b::169.254.169.254]",
    "[64:ff9b::a9fe:a9fe]",
    "[fe80::1]",
    "[febf::1]",
    "[fd00:ec2::254]",
    "[fd20:ce::254]",
    "100.100.100.200",
    "192.0.0.192",
    "１６９.254.169.254",
  ];
  for (const host of hosts) {
    expect(await check(g, `http://${host}/latest/meta-data/`), host).toEqual({
      ...{ state: "down", status: null },
      message: "Not checked: link-local and cloud metadata addresses are refused.",
    });
  }
});

test.describe(() => {
  test.use({ installation: "own" });

  test("hosts on the deny list are not checked, whatever their spelling", async ({ backend, gateway }) => {
    const one = await backend("one");
    const g = await gateway({ CHECK_DENY_HOSTS: "127.0.0.1, Denied.Example" });
    const hosts = ["127.0.0.1", "2130706433", "localhost", "denied.example", "DENIED.example.", "127.0.0.1."];
    for (const host of hosts) {
      expect(await check(g, `http://${host}:${one.port}`), host).toEqual({
        ...{ state: "down", status: null },
        message: "Not checked: this host may not be checked from the gateway.",
      });
    }
    expect(one.requests).toEqual([]);
  });

  test("with an allow list only its hosts are checked", async ({ backend, gateway }) => {
    const one = await backend("one");
    const g = await gateway({ CHECK_ALLOW_HOSTS: "LocalHost" });
    expect((await check(g, `http://localhost:${one.port}`)).state).toBe("up");
    expect((await check(g, one.url)).message).toBe(
      "Not checked: this host may not be checked from the gateway.",
    );
    expect((await check(g, "http://other.example")).state).toBe("down");
  });
});

test("a check needs a POST with a URL in JSON", async ({ gateway }) => {
  const g = await gateway();
  const url = `${g.adminUrl}/check`;
  const wrong = await fetch(url);
  expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "POST"]);
  for (const body of ["", "not json", "{}", '{"url": 7}']) {
    expect((await fetch(url, { method: "POST", body })).status, body).toBe(400);
  }
  const large = await fetch(url, { method: "POST", body: JSON.stringify({ url: "x".repeat(70_000) }) });
  expect([large.status, await large.json()]).toEqual([
    413,
    { message: "The body is too large: it may have 65536 bytes." },
  ]);
});

test("an endpoint that is set to HTTP/2 is asked in HTTP/2", async ({ backend, gateway }) => {
  const g = await gateway();
  const http2 = { http2: true, verifyTls: false };
  for (const [scheme, server] of [
    ["http", createServer()],
    ["https", createSecureServer({ ...certificate })],
  ] as const) {
    server.on("stream", (stream, headers) => {
      const head = headers[":method"] === "HEAD";
      stream.respond({ ":status": head && headers[":path"] === "/get" ? 405 : 200 }, { endStream: head });
      if (!head) stream.write("x");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `${scheme}://127.0.0.1:${(server.address() as { port: number }).port}`;
    expect(await check(g, url, http2), url).toEqual({
      ...{ state: "up", status: 200 },
      message: expect.stringMatching(/^200 OK in/),
    });
    expect((await check(g, `${url}/get`, http2)).message, url).toMatch(/^200 OK in/);
    expect((await check(g, url, { verifyTls: false })).state, `${url} in HTTP/1.1`).not.toBe("up");
    server.close();
  }
  const [plain, tls] = [await backend("plain"), await backend("tls", { tls: certificate })];
  // Over TLS the server chooses, as it does for requests.
  expect((await check(g, tls.url, http2)).message).toMatch(/^200 OK in/);
  expect(await check(g, plain.url, http2)).toEqual({
    ...{ state: "down", status: null },
    message: "The server does not speak HTTP/2",
  });
  expect((await check(g, "http://169.254.169.254/", http2)).message).toMatch(/^Not checked: link-local/);
});
