/**
 * Keeps a small installation of the present version for tests of later ones: `node --import tsx
 * e2e/installations/make.ts 0.1.0` writes the folder of that name. To be run once, when a version is finished; what
 * lies there is never made anew, because it is what that version made.
 */
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import bundle from "../bundle";
import { type ApiInput, Databases } from "../database";
import { ports } from "./ports";

const version = process.argv[2];
if (!version) throw new Error("Which version? node --import tsx e2e/installations/make.ts 0.1.0");
const target = join(dirname(fileURLToPath(import.meta.url)), version);

const endpoint = (id: string, port: number, more: object = {}) => ({
  id,
  url: `http://127.0.0.1:${port}`,
  ...more,
});
const [first, second] = ports;

/** An API with all that a definition may hold; `step` tells its revisions apart. */
function orders(step: number): ApiInput {
  return {
    name: "Orders",
    context: "/orders",
    version: "1.0.0",
    description: `Step ${step}`,
    security: { kind: "jwt" },
    resources: [
      { method: "GET", path: "/*" },
      { method: "POST", path: "/list", scopes: ["write", "admin"] },
      { method: "DELETE", path: "/list", scopes: step > 1 ? [["write", "admin"], ["root"]] : ["admin"] },
      {
        method: "GET",
        path: "/reports",
        secured: false,
        endpoints: { production: { enabled: true, endpoints: [endpoint("ep-report", second!)] } },
      },
    ],
    endpoints: {
      production: {
        enabled: true,
        routing: step > 1 ? "loadBalanced" : "failover",
        algorithm: { name: "weightedRoundRobin" },
        session: { kind: "transport" },
        security: { kind: "basic", basic: { username: "anna", password: { plain: "backend password" } } },
        endpoints: [endpoint("ep-1", first!, { weight: step }), endpoint("ep-2", second!)],
      },
      sandbox: { enabled: true, endpoints: [endpoint("ep-test", second!)] },
    },
  } as ApiInput;
}

const menu = (open: boolean): ApiInput => ({
  name: "Menu",
  context: "/menu/{version}",
  version: "2.0.0",
  isDefaultVersion: true,
  security: { kind: open ? "none" : "jwt" },
  cors: { enabled: true, allowOrigins: ["https://shop.example"] },
  endpoints: {
    production: { enabled: true, routing: "failover", endpoints: [endpoint("ep-menu", first!)] },
  },
});

const users = {
  admin: { username: "admin", password: "correct horse battery", role: "admin" },
  viewer: { username: "vera", password: "only looking around", role: "viewer" },
} as const;

await bundle();
const databases = await Databases.start();
const database = await databases.create(false);
for (const { username, password, role } of Object.values(users))
  await database.user(username, password, role);
let id = "";
for (const step of [1, 2, 3]) id = (await database.deploy(orders(step))).id;
await database.save(orders(4));
await database.deploy(menu(false));
const { id: menuId } = await database.deploy(menu(true));
await database.switch(id, "ep-test", "draining");
await database.issuer({
  name: "Another one",
  issuer: "https://id.example",
  jwksUrl: `http://127.0.0.1:${first}/jwks`,
  audiences: ["orders"],
});
const application = await database.application("Shop", [id, menuId]);
// All in one file, without the log beside it.
await database.sql("PRAGMA wal_checkpoint(TRUNCATE)");
mkdirSync(target, { recursive: true });
for (const name of ["sluice.db", "sluice.secret"]) {
  copyFileSync(join(database.folder, name), join(target, name));
}
writeFileSync(join(target, "about.json"), `${JSON.stringify({ users, application }, null, 2)}\n`);
await databases.remove(database, false);
await databases.stop();
