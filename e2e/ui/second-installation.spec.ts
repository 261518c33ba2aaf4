import { execFile } from "node:child_process";
import { join } from "node:path";
import { type ApiInput, admin, expect, type Gateway, outputFolder, test } from "../fixtures";
import { neutralEnvironment, root } from "../processes";

function sluice(env: Record<string, string>, ...args: string[]): Promise<string> {
  const options = { env: { ...neutralEnvironment(), ...env } };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [join(root, "bin/sluice.mjs"), ...args], options, (error, out, err) =>
      error ? reject(new Error(err)) : resolve(out),
    );
  });
}

/** What callers see: who answers how, in order. */
async function behaviour(
  { url }: Gateway,
  tokens: Record<"production" | "sandbox", string>,
): Promise<unknown> {
  const call = async (path: string, init: RequestInit & { token?: "production" | "sandbox" } = {}) => {
    const { token, headers, ...rest } = init;
    const answer = await fetch(url + path, {
      ...rest,
      headers: {
        ...(headers as Record<string, string>),
        ...(token && { "x-api-token": `Bearer ${tokens[token]}` }),
      },
    });
    const body = (await answer.text()) || "{}";
    const { backend = "" } = JSON.parse(body) as { backend?: string };
    const { headers: told } = answer;
    return [
      `${answer.status} ${backend}`.trim(),
      told.get("access-control-allow-origin"),
      told.getSetCookie().length,
    ].join(" ");
  };
  const times = async (count: number, run: () => Promise<string>) => {
    const answers = [];
    for (let i = 0; i < count; i++) answers.push(await run());
    return answers;
  };
  const origin = { origin: "https://shop.example" };
  return {
    weights: (await times(8, () => call("/orders/1.0.0/list", { token: "production" }))).sort(),
    sandbox: await times(2, () => call("/orders/1.0.0/list", { token: "sandbox" })),
    unversioned: await call("/orders/list", { token: "sandbox" }),
    own: await times(2, () => call("/orders/1.0.0/list", { token: "production", method: "POST" })),
    // With these and the next, a round of the weights is whole again.
    open: await times(3, () => call("/orders/1.0.0/health")),
    noToken: await call("/orders/1.0.0/list"),
    otherVerb: await call("/orders/1.0.0/list", { token: "production", method: "DELETE" }),
    unknown: await call("/orders/1.0.0/nothing", { token: "production" }),
    cors: await call("/orders/1.0.0/health", { headers: origin }),
    preflight: await call("/orders/1.0.0/list", {
      method: "OPTIONS",
      headers: { ...origin, "access-control-request-method": "GET" },
    }),
  };
}

test.use({ installation: "own" });

test("an exported API behaves the same on an empty installation", async ({
  publisher,
  gateway,
  backend,
  databases,
}) => {
  test.slow();
  const names = ["a", "b", "trial", "own"];
  const [a, b, trial, own] = await Promise.all(names.map((name) => backend(name)));
  const at = (id: string, { url } = { url: "" }, more = {}) => ({ id, url, ...more });
  const api: ApiInput = {
    name: "Orders",
    context: "/orders",
    version: "1.0.0",
    isDefaultVersion: true,
    security: { kind: "jwt", header: "X-Api-Token" },
    cors: { enabled: true, allowOrigins: ["https://shop.example"] },
    endpoints: {
      production: {
        enabled: true,
        routing: "loadBalanced",
        algorithm: { name: "weightedRoundRobin" },
        session: { kind: "none" },
        endpoints: [at("ep-a", a, { weight: 3 }), at("ep-b", b)],
      },
      sandbox: {
        enabled: true,
        routing: "loadBalanced",
        session: { kind: "transport", timeoutMs: 60_000 },
        endpoints: [at("ep-t", trial, { settings: { suspension: { initialMs: 1_000 } } })],
      },
      sandboxSeparate: true,
    },
    resources: [
      { method: "GET", path: "/list" },
      {
        method: "POST",
        path: "/list",
        endpoints: { production: { enabled: true, endpoints: [at("ep-o", own)] } },
      },
      { method: "GET", path: "/health", secured: false },
    ],
  };

  const first = await gateway();
  const running = await publisher();
  const env = { SLUICE_USERNAME: admin.username, SLUICE_PASSWORD: admin.password };
  const here = { ...env, SLUICE_URL: running.url };
  await first.deploy(api);
  const tokensOf = async (on: Record<string, string>) => ({
    production: (await sluice(on, "token", "-n", "Orders")).trim(),
    sandbox: (await sluice(on, "token", "-n", "Orders", "--keytype", "SANDBOX")).trim(),
  });
  const before = await behaviour(first, await tokensOf(here));
  expect(before).toMatchObject({
    weights: [...Array(6).fill("200 a  0"), ...Array(2).fill("200 b  0")],
    sandbox: Array(2).fill("200 trial  1"),
    own: Array(2).fill("200 own  0"),
    open: ["200 a  0", "200 a  0", "200 b  0"],
    noToken: "401  0",
    cors: "200 a https://shop.example 0",
  });

  const exported: [string, string][] = [];
  for (const format of ["project", "yaml", "json"]) {
    const file = join(outputFolder(), format === "project" ? "orders.zip" : `orders.${format}`);
    await sluice(here, "export", "api", "-n", "Orders", "--revision", "live", "--format", format, "-o", file);
    exported.push([format, file]);
  }

  const empty = await databases.create();
  const second = await gateway({ DATABASE_URL: empty.url });
  const { port } = new URL(second.adminUrl);
  const other = await publisher({ DATABASE_URL: empty.url, GATEWAY_ADMIN_PORT: port });
  const there = { ...env, SLUICE_URL: other.url };
  for (const [format, file] of exported) {
    // A document does not say which of several paths is the context; a project does.
    const context = format === "project" ? [] : ["--context", "/orders"];
    await sluice(there, "import", "api", "-f", file, "--override", "--deploy", ...context);
    expect(await behaviour(second, await tokensOf(there)), format).toEqual(before);
  }
  await databases.remove(empty);
});
