import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { Agent as PlainAgent, request as plainRequest } from "node:http";
import { Agent as TlsAgent, request as tlsRequest } from "node:https";
import { join } from "node:path";
import { type Database, expect, type Gateway, root, test } from "../fixtures";
import { pizza, send } from "../gateway/client";
import { gatewayPorts, launchGateway } from "../installation";
import { freePort } from "../ports";
import type { Running } from "../processes";

/**
 * Three gateways on PostgreSQL behind HAProxy, with the very file of docs/several-machines.md: one after another stops
 * and comes back, and nobody who calls notices.
 */

test.use({ installation: "own" });

/** How often each gateway is started again. */
const ROUNDS = 1;
const CLIENTS = 16;
const NAMES = ["gw-a", "gw-b", "gw-c"] as const;
const env = { GATEWAY_DRAIN_DELAY_MS: "2000", GATEWAY_TRUSTED_PROXIES: "127.0.0.1" };
const isInstalled = spawnSync("haproxy", ["-v"]).status === 0;

/** One kept connection, or the next one where an answer says that it was the last; each request is sent once. */
class Client {
  answered = 0;
  readonly wrong: string[] = [];
  private readonly agent;

  constructor(
    private readonly url: string,
    private readonly path: string,
  ) {
    const options = { keepAlive: true, maxSockets: 1 };
    this.agent = url.startsWith("https") ? new TlsAgent(options) : new PlainAgent(options);
  }

  async goOn(until: () => boolean): Promise<void> {
    while (!until()) {
      await this.post().then(
        (status) => (status === 200 ? this.answered++ : this.wrong.push(`${status}`)),
        (error) => this.wrong.push(String(error)),
      );
    }
    this.agent.destroy();
  }

  private post(): Promise<number> {
    const request = this.url.startsWith("https") ? tlsRequest : plainRequest;
    return new Promise((resolve, reject) => {
      const options = { method: "POST", agent: this.agent, rejectUnauthorized: false };
      const req = request(`${this.url}/pizza/1.0.0/${this.path}`, options, (res) => {
        res.on("error", reject);
        res.on("end", () => resolve(res.statusCode ?? 0)).resume();
      });
      req.on("error", reject);
      req.end("an order");
    });
  }
}

/** The file of the docs with this test's ports, certificate and log. */
async function started(database: Database, ports: readonly { http: number; admin: number }[]) {
  const [tls, plain] = [await freePort(), await freePort()];
  const pem = join(database.folder, "haproxy.pem");
  const part = (name: string) => readFileSync(join(database.folder, name), "utf8");
  writeFileSync(pem, part("sluice.crt") + part("sluice.key"));
  const own: [string, string][] = [
    ["log /dev/log local0", "log stdout format raw local0"],
    ["bind :443 ssl crt /etc/haproxy/api.example.com.pem", `bind 127.0.0.1:${tls} ssl crt ${pem}`],
    ["bind :80\n", `bind 127.0.0.1:${plain}\n`],
    ...ports.map(({ http, admin }, i): [string, string] => [
      `${NAMES[i]} 10.0.0.1${i + 1}:9090 port 9096`,
      `${NAMES[i]} 127.0.0.1:${http} port ${admin}`,
    ]),
  ];
  let text = readFileSync(join(root, "docs/several-machines/haproxy.cfg"), "utf8");
  for (const [from, to] of own) {
    expect(text).toContain(from);
    text = text.replace(from, to);
  }
  const file = join(database.folder, "haproxy.cfg");
  writeFileSync(file, text);
  const child = spawn("haproxy", ["-db", "-f", file], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      said += chunk;
    });
  }
  const exited = once(child, "exit").then(([code]) => code as number | null);
  const running: Running = {
    ...{ name: "haproxy", pid: child.pid ?? -1, exited },
    output: () => said,
    forget: () => {
      said = "";
    },
    hasEnded: () => child.exitCode !== null,
    stop: (signal = "SIGTERM") => {
      child.kill(signal);
      return exited;
    },
  };
  const [http, https] = [`http://127.0.0.1:${plain}`, `https://127.0.0.1:${tls}`];
  return { running, http, https };
}

test("no POST is cut while one gateway after another is started again", async ({
  backend,
  database,
  ownProcesses,
}) => {
  test.skip(!isInstalled, "There is no HAProxy (Debian: apt-get install haproxy).");
  // Some answer at once, some take longer than others.
  const one = await backend("one", {
    handler: (req, res) => setTimeout(() => res.end("done"), Number(/\d+$/.exec(req.url!)?.[0] ?? 0)),
  });
  const { generation } = await database.deploy(pizza([one]));
  const ports = [await gatewayPorts(), await gatewayPorts(), await gatewayPorts()];
  const start = async (i: number): Promise<Gateway> => {
    const { gateway, isReady } = launchGateway(database, ports[i]!, { ...env, GATEWAY_ID: NAMES[i]! });
    ownProcesses.push(gateway);
    await isReady();
    await gateway.reaches(generation);
    return gateway;
  };
  // The first one makes the certificate that they share.
  const gateways = [await start(0), ...(await Promise.all([start(1), start(2)]))];
  const { running: haproxy, http, https } = await started(database, ports);
  ownProcesses.push(haproxy);
  await expect.poll(() => fetch(`${http}/pizza/1.0.0/0`).then(({ status }) => status, String)).toBe(200);

  const forged = { "X-Forwarded-For": "9.9.9.9", "CF-Connecting-IP": "9.9.9.9", "X-Original-URL": "/admin" };
  expect((await send(`${https}/pizza/1.0.0/0`, { headers: forged })).status).toBe(200);
  const { headers } = one.requests.at(-1)!;
  expect(headers).toMatchObject({ "x-forwarded-proto": "https" });
  expect(JSON.stringify(headers)).not.toMatch(/9\.9\.9\.9|admin/);

  const before = one.requests.length;
  const clients = Array.from(
    { length: CLIENTS },
    (_, i) => new Client(i % 2 ? https : http, `${10 + (i % 8) * 40}`),
  );
  let done = false;
  const all = Promise.all(clients.map((client) => client.goOn(() => done)));
  const served = async (i: number) => (await gateways[i]!.status()).apis[0]!.endpoints[0]!.requests;
  const busy = (i: number) => expect.poll(() => served(i)).toBeGreaterThan(CLIENTS);
  for (const i of NAMES.keys()) await busy(i);
  for (let round = 0; round < ROUNDS; round++) {
    for (const i of NAMES.keys()) {
      expect(await gateways[i]!.stop("SIGTERM")).toBe(0);
      gateways[i] = await start(i);
      await busy(i);
    }
  }
  done = true;
  await all;
  expect(clients.flatMap(({ wrong }) => wrong)).toEqual([]);
  // Nothing was carried out twice, either.
  expect(one.requests.length - before).toBe(clients.reduce((sum, { answered }) => sum + answered, 0));
});
