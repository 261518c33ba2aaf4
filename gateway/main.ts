import { createHmac } from "node:crypto";
import type { Server } from "node:http";
import { installationSecret } from "#prisma/secret";
import { adminServer } from "./admin";
import { type Config, readConfig } from "./config";
import { type GatewayContext, trustedProxies } from "./context";
import { CustomAlgorithms } from "./custom";
import { listen } from "./listen";
import { openAccessLog } from "./log";
import { Metrics } from "./metrics";
import { MemoryPins } from "./pins";
import { Probes } from "./probes";
import { gatewayServer } from "./server";
import { LiveRegistry, type Tools } from "./snapshot";
import { Watcher } from "./watch";

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
  if (typeof trusted === "string") return stopWith(trusted);
  const tools: Tools = {
    registry: new LiveRegistry(),
    cookieKey,
    probes: new Probes(),
    custom: await CustomAlgorithms.load(config.GATEWAY_ALGORITHMS_DIR),
    metrics: new Metrics(),
  };
  const watcher = new Watcher(config.DATABASE_URL, config.GATEWAY_POLL_MS, tools);
  const log = openAccessLog(config.GATEWAY_ACCESS_LOG);
  const context: GatewayContext = {
    snapshot: () => watcher.snapshot,
    pins: new MemoryPins(),
    log,
    metrics: tools.metrics,
    trusted,
  };
  let stopping = false;
  await watcher.start();

  const host = config.GATEWAY_HOST || "localhost";
  const urls = {
    http: `http://${host.includes(":") ? `[${host}]` : host}:${config.GATEWAY_HTTP_PORT}`,
    https: null,
  };
  const check = { allowHosts: config.CHECK_ALLOW_HOSTS, denyHosts: config.CHECK_DENY_HOSTS };
  const servers = await listen(
    () => gatewayServer(context),
    config.GATEWAY_HOST,
    config.GATEWAY_HTTP_PORT,
    "GATEWAY_HTTP_PORT",
  );
  const admin = await listen(
    () =>
      adminServer({
        watcher,
        urls,
        check,
        metrics: tools.metrics,
        custom: tools.custom,
        stopping: () => stopping,
      }),
    "",
    config.GATEWAY_ADMIN_PORT,
    "GATEWAY_ADMIN_PORT",
  );
  console.log(`Gateway: ${urls.http} (admin http://localhost:${config.GATEWAY_ADMIN_PORT})`);

  const stop = async () => {
    if (stopping) return;
    stopping = true;
    const drained = Promise.all(servers.map(drain));
    await Promise.race([
      drained,
      new Promise((resolve) => setTimeout(resolve, config.GATEWAY_DRAIN_MS).unref()),
    ]);
    for (const server of [...servers, ...admin]) server.closeAllConnections();
    tools.probes.stop();
    await watcher.stop();
    log?.flush();
    process.exit(0);
  };
  process.on("SIGTERM", () => void stop());
  process.on("SIGINT", () => void stop());
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
