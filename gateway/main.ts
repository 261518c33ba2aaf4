import { createHmac, randomUUID } from "node:crypto";
import type { Server } from "node:http";
import type { BlockList } from "node:net";
import { hostname } from "node:os";
import { dataFolder } from "#lib/node/dataFolder";
import { usesPostgres } from "#lib/node/env";
import { gatewayId } from "#lib/node/gatewayId";
import { fetchKeys } from "#lib/node/jwks";
import { isLoopback } from "#lib/node/listen";
import { steadyConsole } from "#lib/node/output";
import { proxyWords, trustedProxies } from "#lib/node/proxies";
import { installationSecret } from "#lib/node/secret";
import { stopOnRequest } from "#lib/node/signals";
import { compileWasmLate } from "#lib/node/webAssembly";
import { version } from "../package.json";
import { WebSockets } from "./backends/joined";
import { CallerConnections } from "./callers/connections";
import { IdentityFiles } from "./callers/identity";
import { open } from "./callers/open";
import { drain, QUIET_MS } from "./callers/parting";
import { gatewayServer, type Listener, secureGatewayServer } from "./callers/server";
import { TestKeys } from "./callers/testkey";
import { type Config, copyPlace, readConfig } from "./config";
import { openAccessLog } from "./counts/log";
import { Metrics } from "./counts/metrics";
import { RequestRate } from "./counts/requestRate";
import { adminServer } from "./operate/admin";
import { adminAccess } from "./operate/adminAccess";
import type { AdminContext } from "./operate/adminContext";
import { Announcer } from "./operate/announcer";
import { Descriptors } from "./operate/descriptorShares";
import { gatewayProblems } from "./operate/gatewayProblems";
import { History } from "./operate/history";
import { reachedAt } from "./operate/reachedAt";
import { DatabaseClient } from "./reading/databaseClient";
import { Watcher } from "./reading/watch";
import type { GatewayContext } from "./request/context";
import { MemoryPins } from "./request/pins";
import { Traces } from "./request/traces";
import { CustomAlgorithms } from "./routes/custom";
import { Probes } from "./routes/probes";
import { LiveRegistry } from "./routes/registry";
import type { Tools } from "./routes/runtimeApi";
import { Authenticator } from "./tokens/auth";

/** How long a stop waits for the last lines of the access log, ms. */
const LOG_FLUSH_MS = 1_000;

steadyConsole();
compileWasmLate();
const parsed = readConfig(process.env);
if (parsed.ok) {
  start(parsed.config).catch((error: unknown) =>
    stopWith(error instanceof Error ? error.message : String(error)),
  );
} else stopWith(parsed.message);

function stopWith(sentence: string): void {
  console.error(`Gateway: ${sentence}`);
  process.exit(1);
}

async function start(config: Config): Promise<void> {
  const trusted = trustedProxies(config.GATEWAY_TRUSTED_PROXIES);
  if ("wrong" in trusted) return stopWith(proxyWords("GATEWAY_TRUSTED_PROXIES", trusted));
  const parts = await assemble(config, trusted);
  const access = adminAccess(config.GATEWAY_ADMIN_HOST, config.GATEWAY_ADMIN_SECRET, parts);
  if (typeof access === "string") return stopWith(access);
  const { watcher, context } = parts;
  const life = { stopping: false, exitCode: 0 };
  // biome-ignore lint/plugin: of the process, not of an exchange
  process.on("SIGUSR2", () => context.log?.reopen());
  await watcher.start();

  const identity = config.GATEWAY_HTTPS_PORT === null ? null : await IdentityFiles.open(config);
  const connections = new CallerConnections();
  const callers = await listenForCallers(config, context, connections, identity);
  const descriptors = new Descriptors(connections);
  const { admin: adminUrl, ...urls } = reachedAt(config);
  const named = { name: hostname(), version, urls };
  const announcer = announcerOf(parts, { ...named, adminUrl, identity });
  const told = { ...parts, ...named, announcer, access, identity, descriptors };
  const admin = await open(() => adminServer({ ...told, stopping: () => life.stopping }), {
    host: config.GATEWAY_ADMIN_HOST,
    port: config.GATEWAY_ADMIN_PORT,
    hostVariable: "GATEWAY_ADMIN_HOST",
    portVariable: "GATEWAY_ADMIN_PORT",
  });
  const addresses = [urls.http, urls.https].filter((url) => url !== null).join(" ");
  console.log(`Gateway: ${addresses} (admin http://localhost:${config.GATEWAY_ADMIN_PORT})`);
  if (usesPostgres()) announcer.start();
  stopWhenToldTo(life, async () => {
    const left = announcer.stop();
    connections.leave();
    // After an error nobody knows what is whole: then nobody new is taken.
    const delayMs = life.exitCode === 0 ? config.GATEWAY_DRAIN_DELAY_MS : 0;
    const quietMs = Math.min(delayMs, QUIET_MS);
    if (delayMs > 0) {
      await pause(delayMs - quietMs);
      callers.announce();
      await pause(quietMs);
    }
    callers.goAway();
    context.webSockets.goAway();
    const drained = Promise.all(callers.servers.map((server) => drain(server, connections, quietMs)));
    await Promise.race([drained, pause(config.GATEWAY_DRAIN_MS)]);
    for (const server of [...callers.servers, ...admin]) server.closeAllConnections();
    identity?.stop();
    descriptors.stop();
    await left;
    await parts.stop();
  });
}

/** What says that this gateway is there, from the moment that it is started. */
function announcerOf(
  parts: Parts,
  { name, urls, adminUrl, identity }: Pick<AdminContext, "name" | "urls" | "identity"> & { adminUrl: string },
): Announcer {
  const { id, watcher, database } = parts;
  const instance = randomUUID();
  const announcer = new Announcer(database, () => ({
    ...{ id, instance, name, version, adminUrl },
    ...{ httpUrl: urls.http, httpsUrl: urls.https },
    generation: watcher.snapshot.generation,
    problems: gatewayProblems({ ...parts, identity }),
  }));
  watcher.onNews = () => announcer.look();
  return announcer;
}

type Parts = Awaited<ReturnType<typeof assemble>>;

/** What a gateway consists of besides its listeners, wired; nothing runs yet. */
async function assemble(config: Config, trusted: BlockList) {
  const folder = dataFolder(config);
  const secret = installationSecret(folder, config.SLUICE_SECRET);
  const { id, problem } = gatewayId(folder, config.GATEWAY_ID);
  if (problem !== null) console.error(problem);
  const check = { allowHosts: config.CHECK_ALLOW_HOSTS, denyHosts: config.CHECK_DENY_HOSTS };
  const registry = new LiveRegistry();
  const custom = await CustomAlgorithms.load(config.GATEWAY_ALGORITHMS_DIR);
  const metrics = new Metrics();
  const tools: Tools = {
    ...{ registry, custom, metrics, secret },
    outgoing: (url) => ({ hosts: check, tls: registry.tlsOf(url) }),
    cookieKey: createHmac("sha256", secret).update("session cookies").digest(),
    probes: new Probes(),
  };
  const auth = new Authenticator(config.TOKEN_ISSUER, config.GATEWAY_CLOCK_SKEW, (url) =>
    fetchKeys(url, tools.outgoing(url)),
  );
  const databaseUrl = config.DATABASE_URL;
  const database = new DatabaseClient({ databaseUrl, secret, copy: copyPlace(config, folder) });
  const watcher = new Watcher(database, config.GATEWAY_POLL_MS, tools, auth);
  const traces = new Traces(secret);
  const rate = new RequestRate(metrics);
  const history = new History(() => watcher.snapshot);
  const log = await openAccessLog(config.GATEWAY_ACCESS_LOG);
  const context: GatewayContext = {
    snapshot: () => watcher.snapshot,
    auth,
    testKeys:
      config.GATEWAY_TEST_KEY === "on" ? new TestKeys(auth, isLoopback(config.GATEWAY_HOST), watcher) : null,
    pins: new MemoryPins(),
    webSockets: new WebSockets(),
    ...{ log, metrics, traces },
    trusted: config.GATEWAY_TRUSTED_PROXIES.length > 0 ? trusted : null,
  };
  const stop = async () => {
    for (const one of [tools.probes, history, rate, auth]) one.stop();
    await watcher.stop();
    await log?.flush(LOG_FLUSH_MS);
  };
  const tlsOf = (url: string, verify: boolean) => registry.tlsOf(url, verify);
  return {
    id,
    secret,
    context,
    database,
    watcher,
    auth,
    check,
    custom,
    metrics,
    rate,
    history,
    traces,
    tlsOf,
    stop,
  };
}

/** Stops once, by a signal or by an error that nobody handles, and ends the process. */
function stopWhenToldTo(life: { stopping: boolean; exitCode: number }, stop: () => Promise<void>): void {
  const end = async () => {
    if (life.stopping) return;
    life.stopping = true;
    await stop();
    process.exit(life.exitCode);
  };
  stopOnRequest(end);
  // The last net, for what no boundary held: nobody knows what is still whole, so the process goes, but requests
  // under way are answered first. Whoever runs it starts it again.
  // biome-ignore lint/plugin: of the process, not of an exchange
  process.on("uncaughtException", (error, origin) => {
    life.exitCode = 1;
    console.error(
      `Gateway: an error that nobody handles (${origin}); it stops when requests are answered.`,
      error,
    );
    void end();
  });
}

/** Passes; a process that has nothing else to do does not wait for it. */
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms).unref());

/** The open listeners, and how their callers are sent away. */
interface Listeners {
  readonly servers: Server[];
  announce(): void;
  goAway(): void;
}

/** Opens the listeners that are not off; the one for HTTPS takes new certificates as they come. */
async function listenForCallers(
  config: Config,
  context: GatewayContext,
  connections: CallerConnections,
  identity: IdentityFiles | null,
): Promise<Listeners> {
  const { GATEWAY_HOST: host, GATEWAY_HTTP_PORT: http, GATEWAY_HTTPS_PORT: https } = config;
  const listeners: Listener[] = [];
  const openAt = <S extends Server>(port: number, portVariable: string, make: () => Listener<S>) => {
    const makeOne = () => {
      const listener = make();
      listeners.push(listener);
      return listener.server;
    };
    return open(makeOne, { host, port, hostVariable: "GATEWAY_HOST", portVariable });
  };
  const servers: Server[] = [];
  if (http !== null)
    servers.push(...(await openAt(http, "GATEWAY_HTTP_PORT", () => gatewayServer(context, connections))));
  if (https !== null && identity !== null) {
    const make = () => secureGatewayServer(context, connections, identity.current);
    const secure = await openAt(https, "GATEWAY_HTTPS_PORT", make);
    identity.watch(({ cert, key }) => {
      for (const server of secure) server.setSecureContext({ cert, key, minVersion: "TLSv1.2" });
    });
    servers.push(...secure);
  }
  const all = (tell: (listener: Listener) => void) => () => {
    for (const listener of listeners) tell(listener);
  };
  const [announce, goAway] = [all((listener) => listener.announce()), all((listener) => listener.goAway())];
  return { servers, announce, goAway };
}
