import { expect, test } from "../fixtures";
import { pizza, send } from "./client";

/** What a backend says of its own addresses, as callers get it. */

const base = "/pizza/1.0.0";

test("a redirect of the backend to its own address leads to the API", async ({ backend, gateway }) => {
  const one = await backend("one", {
    handler: (req, res) => {
      const to = decodeURIComponent(req.url!.split("?to=")[1]!);
      res.writeHead(302, { Location: to, "Content-Location": to }).end();
    },
  });
  const g = await gateway();
  const host = new URL(g.url).host;
  const deploy = (path: string, rest = {}) =>
    g.deploy(pizza([{ url: one.url + path }], {}, { mapAddresses: true, isDefaultVersion: true, ...rest }));
  const sees = async (path: string, to: string, asked = base) => {
    const { headers } = await send(`${g.url}${asked}/x?to=${encodeURIComponent(to)}`);
    expect(headers["content-location"], `${path} ${to}`).toBe(headers.location);
    return headers.location;
  };
  const cases: [string, string, string][] = [
    ["", `${one.url}/next?a=b#c`, `${base}/next?a=b#c`],
    ["", one.url, `${base}/`],
    ["", `${one.url}?a`, `${base}/?a`],
    ["", one.url.replace("http:", "").replace("127", "127"), `${base}/`],
    ["", `${one.url.replace("http", "HTTP")}/next`, `${base}/next`],
    ["", "/next", `${base}/next`],
    ["", "/", `${base}/`],
    ["", `${base}/next`, `${base}/next`],
    ["", `${one.url}${base}/next`, `${base}/next`],
    ["", `${base}-other/next`, `${base}${base}-other/next`],
    ["", "next", "next"],
    ["", "../next", "../next"],
    ["", "?a=b", "?a=b"],
    ["", "https://elsewhere.example/next", "https://elsewhere.example/next"],
    ["", "//elsewhere.example/next", "//elsewhere.example/next"],
    ["", `${one.url}0/next`, `${one.url}0/next`],
    ["", `${one.url}@elsewhere.example/next`, `${one.url}@elsewhere.example/next`],
    ["", one.url.replace("http", "https"), one.url.replace("http", "https")],
    ["", "mailto:someone@127.0.0.1", "mailto:someone@127.0.0.1"],
    ["/app", `${one.url}/app/next`, `${base}/next`],
    ["/app/", `${one.url}/app`, base],
    ["/app", "/app/next", `${base}/next`],
    ["/app", "/apple", "/apple"],
    ["/app", `${one.url}/login`, `${one.url}/login`],
  ];
  for (const path of ["", "/app", "/app/"]) {
    await deploy(path);
    for (const [, to, expected] of cases.filter(([at]) => at === path))
      expect(await sees(path, to), `${path} ${to}`).toBe(expected);
  }
  await deploy("");
  expect(await sees("", "/next", "/pizza"), "as this caller asked").toBe("/pizza/next");
  await deploy("", { preserveHost: true });
  expect(await sees("", `http://${host}/next`)).toBe(`${base}/next`);
  expect(await sees("", `http://${host}${base}/next`)).toBe(`http://${host}${base}/next`);
  await deploy("", { mapAddresses: false });
  expect(await sees("", `${one.url}/next`)).toBe(`${one.url}/next`);
});

test("a cookie of the backend is for the API's path", async ({ backend, gateway }) => {
  let cookies: string[] = [];
  const one = await backend("one", {
    handler: (_req, res) => res.setHeader("Set-Cookie", cookies).end(),
  });
  const g = await gateway();
  const cases: [string, string, string][] = [
    ["", "a=1; Path=/", `a=1; Path=${base}`],
    ["", "a=1; path=/shop; Secure", `a=1; path=${base}/shop; Secure`],
    ["", `a=1; Path=${base}/shop`, `a=1; Path=${base}/shop`],
    ["", "a=/; HttpOnly", "a=/; HttpOnly"],
    ["", "a=path=/x", "a=path=/x"],
    ["", "__Host-a=1; Path=/; Secure", "__Host-a=1; Path=/; Secure"],
    ["/app", "a=1; Path=/app", `a=1; Path=${base}`],
    ["/app", "a=1; Path=/app/shop", `a=1; Path=${base}/shop`],
    ["/app", "a=1; Path=/ ;Secure", `a=1; Path=${base};Secure`],
    ["/app", "a=1; Path=/other", "a=1; Path=/other"],
  ];
  for (const path of ["", "/app"]) {
    await g.deploy(pizza([{ url: one.url + path }], {}, { mapAddresses: true }));
    const own = cases.filter(([at]) => at === path);
    cookies = own.map(([, cookie]) => cookie);
    const { headers } = await send(`${g.url}${base}/x`);
    expect(headers["set-cookie"]).toEqual(own.map(([, , expected]) => expected));
  }
});
