import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, root, test } from "../fixtures";
import { send } from "../gateway/client";
import { migrated } from "../installations/migrated";
import { ports } from "../installations/ports";

/** What an earlier version left in its folder serves on with this one: databases outlive versions. */

const folder = join(root, "e2e/installations");
/** Highest ids in the databases. */
const changes: Record<string, number> = { "0.1.0": 11 };
const versions = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());

interface About {
  users: Record<"admin" | "viewer", { username: string; password: string }>;
  application: Record<"production" | "sandbox", { clientId: string; secret: string }>;
}

async function backends(seen: string[]): Promise<Server[]> {
  return Promise.all(
    ports.map(
      (port) =>
        new Promise<Server>((resolve) => {
          const server = createServer((req, res) => {
            seen.push(`${req.headers.authorization ?? ""}`);
            res.end(`${port} ${req.url}`);
          });
          server.listen(port, "127.0.0.1", () => resolve(server));
        }),
    ),
  );
}

test.use({ installation: "own" });

for (const { name: version } of versions) {
  test(`an installation of version ${version} goes on: calls, tokens, users, drafts, passwords of backends`, async ({
    gateway,
    publisher,
  }) => {
    const about = JSON.parse(readFileSync(join(folder, version, "about.json"), "utf8")) as About;
    const own = mkdtempSync(join(tmpdir(), "sluice-kept-"));
    cpSync(join(folder, version), own, { recursive: true });
    const env = { DATABASE_URL: `file:${join(own, "sluice.db")}`, SLUICE_DATA: own, ADMIN_PASSWORD: "" };
    const seen: string[] = [];
    const servers = await backends(seen);
    // As `npm start` does before anything else.
    expect(await migrated(env.DATABASE_URL)).toBe("");
    const g = await gateway(env);
    const p = await publisher(env);

    const { apis, generation } = await g.status();
    // It goes on from the highest id of a change that was there.
    expect(generation).toBeGreaterThanOrEqual(changes[version]!);
    expect(apis.map(({ name, revision, error }) => [name, revision, error]).sort()).toEqual([
      ["Menu", 2, null],
      ["Orders", 3, null],
    ]);
    // An open API, with and without its version.
    for (const path of ["/menu/2.0.0/x", "/menu/x"]) {
      expect((await send(g.url + path)).body).toBe(`${ports[0]} /x`);
    }
    // Tokens of its application, by a secret that was shown once, long ago.
    const tokenOf = async (keyType: "production" | "sandbox", scope = "") => {
      const { clientId, secret } = about.application[keyType];
      const answer = await send(`${p.url}/oauth2/token`, {
        method: "POST",
        headers: {
          Authorization: `Basic ${btoa(`${clientId}:${secret}`)}`,
          "Content-Type": "application/x-www-form-urlencoded",
        },
        body: `grant_type=client_credentials&scope=${encodeURIComponent(scope)}`,
      });
      expect(answer.status, answer.body).toBe(200);
      return (JSON.parse(answer.body) as { access_token: string }).access_token;
    };
    const call = async (token: string, path: string, method = "GET") => {
      const headers = { Authorization: `Bearer ${token}` };
      return (await send(`${g.url}/orders/1.0.0${path}`, { method, headers })).status;
    };
    const production = await tokenOf("production", "write");
    await expect.poll(() => call(production, "/x")).toBe(200);
    // The password of the backend was sealed then, and is opened now.
    expect(seen).toContain(`Basic ${btoa("anna:backend password")}`);
    expect(await call(production, "/list", "POST")).toBe(200);
    expect(await call(production, "/list", "DELETE")).toBe(403);
    expect(await call(await tokenOf("production", "write admin"), "/list", "DELETE")).toBe(200);
    expect((await send(`${g.url}/orders/1.0.0/reports`)).body).toBe(`${ports[1]} /reports`);
    // Its only sandbox endpoint is being drained.
    expect(await call(await tokenOf("sandbox"), "/x")).toBe(503);

    // Its people sign in and find their draft.
    for (const { username, password } of Object.values(about.users)) await p.signIn(username, password);
    const { token } = await p.signIn(about.users.admin.username, about.users.admin.password);
    const api = async (path: string) => {
      const answer = await send(p.url + path, { headers: { Authorization: `Bearer ${token}` } });
      expect(answer.status, `${path} ${answer.body}`).toBe(200);
      return answer.body;
    };
    const listed = JSON.parse(await api("/api/v1/apis")) as { apis: { id: string; name: string }[] };
    const orders = listed.apis.find(({ name }) => name === "Orders")!;
    expect(await api(`/apis/${orders.id}/export?format=yaml&revision=draft`)).toContain("Step 4");
    expect(await api(`/apis/${orders.id}/export?format=yaml&revision=1`)).toContain("Step 1");
    for (const server of servers) server.close();
    rmSync(own, { recursive: true, force: true });
  });
}
