/**
 * The publisher process: Next.js behind our own listener, because `next start` listens on one address only and
 * drops requests in flight when it stops.
 *
 *   tsx publisher/main.ts [--dev]
 */
import { existsSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { dirname, join } from "node:path";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import { UnusableFolder } from "#lib/node/dataFolder";
import { listen } from "#lib/node/listen";
import { steadyConsole } from "#lib/node/output";
import { proxyWords, trustedProxies } from "#lib/node/proxies";
import { keyFor, UnusableSecret } from "#lib/node/secret";
import { stopOnRequest } from "#lib/node/signals";
import { compileWasmLate } from "#lib/node/webAssembly";
import { ensureSigningKey } from "#prisma/access/signing";
import { connectDatabase } from "#prisma/connect";
import { database, watchDatabase } from "#prisma/db";
import { mendLive } from "#prisma/liveMending";
import { ownSecret } from "#prisma/ownSecret";
import { isNotMigrated, troubleOf } from "#prisma/trouble";
import { startChores } from "./chores";
import { parsePublisherEnv } from "./config";
import { firstAdministrator } from "./firstAdmin";
import { frontDoor, refuse } from "./frontDoor";
import { refuseOtherSecret } from "./otherSecret";
import { mapErrorsLate } from "./sourceMaps";
import { staticFiles } from "./staticFiles";

/** How long a stop waits for requests in flight. */
const DRAIN_MS = 10_000;
/** How often it is looked whether the database is still where it was. */
const WATCH_MS = 1_000;

steadyConsole();
compileWasmLate();
mapErrorsLate();
let stopping = false;
let exitCode = 0;
const dir = dirname(dirname(fileURLToPath(import.meta.url)));
const parsed = parsePublisherEnv(process.env);
if (!parsed.ok) {
  console.error(parsed.message);
  process.exit(1);
}
const { HOST: host, PORT: port, ALLOWED_HOSTS: allowedHosts } = parsed.env;
const trusted = trustedProxies(parsed.env.TRUSTED_PROXIES);
if ("wrong" in trusted) {
  console.error(proxyWords("TRUSTED_PROXIES", trusted));
  process.exit(1);
}
try {
  // What pages hand out sealed, and take back, is understood by all publishers of the installation.
  const key = keyFor(ownSecret(), "server-actions").toString("base64");
  process.env.NEXT_SERVER_ACTIONS_ENCRYPTION_KEY = key;
} catch (error) {
  // Whatever else keeps it from being read is shown by the pages themselves, as trouble with the database is.
  if (error instanceof UnusableSecret || error instanceof UnusableFolder) {
    console.error(error.message);
    process.exit(1);
  }
}
// `localhost` must work whichever family it resolves to.
const place = {
  host: ["localhost", "127.0.0.1", "::1"].includes(host) ? "" : host,
  port,
  hostVariable: "HOST",
  portVariable: "PORT",
};
const shownHost = ["", "0.0.0.0", "::"].includes(place.host) ? "localhost" : host;
const dev = process.argv.includes("--dev");
const buildFile = join(dir, ".next", "BUILD_ID");
if (!dev && !existsSync(buildFile)) {
  console.error(
    "The publisher is not built yet. Start it with npm start, or run node tools/prepare.mjs build.",
  );
  process.exit(1);
}
const upgraded = new Set<Duplex>();
/** Connections that browsers opened in advance: nothing was asked on them yet, and Node waits for what may come. */
const unasked = new Set<Duplex>();
Object.assign(process.env, { NODE_ENV: dev ? "development" : "production", NEXT_TELEMETRY_DISABLED: "1" });

// Listening comes first: a port conflict is told at once, and early requests wait for Next instead of being refused.
let ready: (handle: RequestListener) => void = () => {};
const handler = new Promise<RequestListener>((resolve) => {
  ready = resolve;
});
const version = dev ? "" : readFileSync(buildFile, "utf8").trim();
const admit = frontDoor({ host, allowedHosts, trusted, version });
const serveStatic = dev ? () => false : staticFiles(join(dir, ".next", "brotli"));
const answer: RequestListener = async (request, response) => {
  try {
    if (!admit(request, response) || serveStatic(request, response)) return;
    await (await handler)(request, response);
  } catch (error) {
    console.error("Publisher: a request could not be answered:", error);
    if (response.headersSent) response.destroy();
    else refuse(response, 500, "The publisher failed to answer this. Its log says why.");
  }
};
const servers = await listen(() => serverFor(answer), place).catch((error) => {
  console.error(error.message);
  process.exit(1);
});
const [main] = servers;
await connectDatabase();
await refuseOtherSecret();
await mendLive(database()).catch((error) => {
  if (isNotMigrated(error)) {
    console.error(
      "The database has not the tables of this version. npm start makes them, and so does npx sluice migrate.",
    );
    process.exit(1);
  }
  const { known, message } = troubleOf(error);
  console.error("Whose which path is could not be looked at:", known ? message : error);
});
// The gateway learns of it by its Change row. A database that cannot be written is shown by the pages themselves.
await ensureSigningKey().catch((error) => {
  const { known, message } = troubleOf(error);
  console.error("No key to sign tokens with could be made:", known ? message : error);
});

// Imported late, because Next and React choose their build by NODE_ENV when they load.
const { default: next } = await import("next");
const app = next({ dev, dir, hostname: shownHost, port, httpServer: main });
await Promise.all([app.prepare(), firstAdministrator(parsed.env)]);
ready(app.getRequestHandler());
watchDatabase(WATCH_MS);
const endChores = startChores();
for (const server of servers) server.on("upgrade", onUpgrade);
console.log(`Publisher: http://${shownHost}:${port}`);

stopOnRequest(stop);
// As in the gateway: what is under way is answered, then the process goes, and whoever runs it starts it again.
process.on("uncaughtException", (error, origin) => {
  exitCode = 1;
  console.error(
    `Publisher: an error that nobody handles (${origin}); it stops when requests are answered.`,
    error,
  );
  void stop();
});

/**
 * Only hot reload speaks WebSocket. Next attaches its handler for that to the server it was given (`main`) and to no
 * other, and leaves every other upgrade without an answer, which would keep the connection for ever.
 */
function onUpgrade(this: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  if (!dev || !request.url?.startsWith("/_next/")) {
    socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    return;
  }
  upgraded.add(socket);
  socket.once("close", () => upgraded.delete(socket));
  if (this !== main) main?.emit("upgrade", request, socket, head);
}

async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  for (const socket of [...upgraded, ...unasked]) socket.destroy();
  setTimeout(() => {
    for (const server of servers) server.closeAllConnections();
  }, DRAIN_MS).unref();
  await Promise.all([endChores(), ...servers.map((server) => new Promise((closed) => server.close(closed)))]);
  await app.close();
  process.exit(exitCode);
}

function serverFor(listener: RequestListener): Server {
  const server = createServer(listener);
  server.on("connection", (socket) => {
    unasked.add(socket);
    socket.once("close", () => unasked.delete(socket));
  });
  server.on("request", ({ socket }: IncomingMessage) => unasked.delete(socket));
  return server;
}
