import { createHmac } from "node:crypto";
import type { Server } from "node:http";
import { fetchKeys } from "#lib/node/jwks";
import { isLoopback } from "#lib/node/listen";
import { steadyConsole } from "#lib/node/output";
import { proxyWords, trustedProxies } from "#lib/node/proxies";
import { installationSecret } from "#lib/node/secret";
import { stopOnRequest } from "#lib/node/signals";
import type { Http2Listener } from "./callers/http2";
import { IdentityFiles } from "./callers/identity";
import { open } from "./callers/open";
import { gatewayServer, secureGatewayServer } from "./callers/server";
import { TestKeys } from "./callers/testkey";
import { type Config, readConfig } from "./config";
import { openAccessLog } from "./counts/log";
import { Metrics } from "./counts/metrics";
import { adminServer } from "./operate/admin";
import { adminAccess } from "./operate/adminAccess";
import { History } from "./operate/history";
import { Watcher } from "./operate/watch";
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
  const secret = installationSecret(config.DATABASE_URL, config.SLUICE_SECRET);
  const cookieKey = createHmac("sha256", secret).update("session cookies").digest();
  const trusted = trustedProxies(config.GATEWAY_TRUSTED_PROXIES);
  if ("wrong" in trusted) return stopWith(proxyWords("GATEWAY_TRUSTED_PROXIES", trusted));
  const access = adminAccess(config.GATEWAY_ADMIN_HOST, config.GATEWAY_ADMIN_SECRET);
  if (typeof access === "string") return stopWith(access);
  const hosts = { allowHosts: config.CHECK_ALLOW_HOSTS, denyHosts: config.CHECK_DENY_HOSTS };
  const registry = new LiveRegistry();
  const tools: Tools = {
    registry,
    outgoing: (url) => ({ hosts, tls: registry.tlsOf(url) }),
    cookieKey,
    probes: new Probes(),
    custom: await CustomAlgorithms.load(config.GATEWAY_ALGORITHMS_DIR),
    metrics: new Metrics(),
    secret,
  };
  const auth = new Authenticator(secret, config.TOKEN_ISSUER, config.GATEWAY_CLOCK_SKEW, (url) =>
    fetchKeys(url, tools.outgoing(url)),
  );
  const watcher = new Watcher(config.DATABASE_URL, config.GATEWAY_POLL_MS, tools, auth);
  const traces = new Traces(secret);
  const history = new History(() => watcher.snapshot);
  const log = openAccessLog(config.GATEWAY_ACCESS_LOG);
  const context: GatewayContext = {
    snapshot: () => watcher.snapshot,
    auth,
    testKeys:
      config.GATEWAY_TEST_KEY === "on"
        ? new TestKeys(auth, isLoopback(config.GATEWAY_HOST), (username) => watcher.signIn(username))
        : null,
    pins: new MemoryPins(),
    log,
    metrics: tools.metrics,
    traces,
    trusted: config.GATEWAY_TRUSTED_PROXIES.length > 0 ? trusted : null,
  };
  let stopping = false;
  await watcher.start();

  const identity = config.GATEWAY_HTTPS_PORT === null ? null : await IdentityFiles.open(config);
  if (identity?.problem) console.warn(`TLS: ${identity.problem}`);
  const { servers, goAway } = await listenForCallers(config, context, identity);
  const urls = {
    http: urlFor("http", config.GATEWAY_HOST, config.GATEWAY_HTTP_PORT),
    https: urlFor("https", config.GATEWAY_HOST, config.GATEWAY_HTTPS_PORT),
  };
  const admin = await open(
    () =>
      adminServer({
        access,
        watcher,
        auth,
        urls,
        check: hosts,
        metrics: tools.metrics,
        history,
        traces,
        custom: tools.custom,
        identity,
        tlsOf: (url, verify) => registry.tlsOf(url, verify),
        stopping: () => stopping,
      }),
    {
      host: config.GATEWAY_ADMIN_HOST,
      port: config.GATEWAY_ADMIN_PORT,
      hostVariable: "GATEWAY_ADMIN_HOST",
      portVariable: "GATEWAY_ADMIN_PORT",
    },
  );
  const addresses = [urls.http, urls.https].filter((url) => url !== null).join(" ");
  console.log(`Gateway: ${addresses} (admin http://localhost:${config.GATEWAY_ADMIN_PORT})`);

  let exitCode = 0;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    goAway();
    const drained = Promise.all(servers.map(drain));
    await Promise.race([
      drained,
      new Promise((resolve) => setTimeout(resolve, config.GATEWAY_DRAIN_MS).unref()),
    ]);
    for (const server of [...servers, ...admin]) server.closeAllConnections();
    tools.probes.stop();
    history.stop();
    auth.stop();
    identity?.stop();
    await watcher.stop();
    await Promise.race([log?.flush(), new Promise((resolve) => setTimeout(resolve, LOG_FLUSH_MS).unref())]);
    process.exit(exitCode);
  };
  stopOnRequest(stop);
  // The last net, for what no boundary held: nobody knows what is still whole, so the process goes, but requests
  // under way are answered first. Whoever runs it starts it again.
  // biome-ignore lint/plugin: of the process, not of an exchange
  process.on("uncaughtException", (error, origin) => {
    exitCode = 1;
    console.error(
      `Gateway: an error that nobody handles (${origin}); it stops when requests are answered.`,
      error,
    );
    void stop();
  });
}

/** The open listeners, and how those of HTTP/2 send their callers away. */
interface Listeners {
  readonly servers: Server[];
  goAway(): void;
}

/** Opens the listeners that are not off; the one for HTTPS takes new certificates as they come. */
async function listenForCallers(
  config: Config,
  context: GatewayContext,
  identity: IdentityFiles | null,
): Promise<Listeners> {
  const { GATEWAY_HOST: host, GATEWAY_HTTP_PORT: http, GATEWAY_HTTPS_PORT: https } = config;
  const place = (port: number, portVariable: string) => ({
    ...{ host, port, portVariable },
    hostVariable: "GATEWAY_HOST",
  });
  const plain =
    http === null ? [] : await open(() => gatewayServer(context), place(http, "GATEWAY_HTTP_PORT"));
  if (https === null || identity === null) return { servers: plain, goAway: () => {} };
  const http2: Http2Listener[] = [];
  const make = () => {
    const made = secureGatewayServer(context, identity.current);
    http2.push(made.http2);
    return made.server;
  };
  const secure = await open(make, place(https, "GATEWAY_HTTPS_PORT"));
  identity.watch(({ cert, key }) => {
    for (const server of secure) server.setSecureContext({ cert, key, minVersion: "TLSv1.2" });
  });
  const goAway = () => {
    for (const listener of http2) listener.goAway();
  };
  return { servers: [...plain, ...secure], goAway };
}

function urlFor(scheme: string, given: string, port: number | null): string | null {
  const host = given || "localhost";
  return port === null ? null : `${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Closes the listener and lets requests under way finish; connections end as soon as they are idle. */
function drain(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const sweep = setInterval(() => server.closeIdleConnections(), 20);
    server.close(() => {
      clearInterval(sweep);
      resolve();
    });
  });
}
