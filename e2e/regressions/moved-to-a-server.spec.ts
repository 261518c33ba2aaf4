import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { postgresMissing } from "../../tools/postgresServer";
import { expect, root, test } from "../fixtures";
import { send } from "../http";
import { neutralEnvironment } from "../processes";

/** A whole installation goes from a SQLite file to a PostgreSQL server, and traffic goes on with the tokens it had. */

test.use({ installation: "own", signedIn: false });
test.skip(postgresMissing() !== null, postgresMissing() ?? "");

async function move(from: string, to: string, env: Record<string, string>) {
  const args = ["--import", "tsx", "tools/migrateData.ts", "--from", from, "--to", to];
  const options = { cwd: root, env: { ...neutralEnvironment(), ...env } };
  return promisify(execFile)(process.execPath, args, options).then(
    ({ stdout }) => ({ code: 0, said: stdout }),
    ({ code, stderr }: { code: number; stderr: string }) => ({ code, said: stderr }),
  );
}

test("what a file held is on the server, and is refused where it could not be whole", async ({
  databases,
  database,
  backend,
  gateway,
  publisher,
}) => {
  const one = await backend("one");
  const p = await publisher();
  const basic = { kind: "basic", basic: { username: "till", password: { plain: "of the till" } } };
  const { id } = await database.deploy({
    ...{ name: "Kept", version: "1", context: "/kept", security: { kind: "jwt" } },
    endpoints: {
      production: {
        enabled: true,
        security: basic,
        endpoints: [
          { id: "e-one", url: one.url },
          { id: "e-two", url: "http://127.0.0.1:9" },
        ],
      },
    },
  } as never);
  await database.user("cook", "password of the cook", "publisher");
  await database.switch(id, "e-two", "off");
  const { production } = await database.application("caller", [id]);
  const gone = await database.save({ name: "Gone", version: "1", context: "/gone" });
  const before = await database.delete(gone);
  const answer = await send(`${p.url}/oauth2/token`, {
    method: "POST",
    headers: {
      authorization: `Basic ${btoa(`${production.clientId}:${production.secret}`)}`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: "grant_type=client_credentials",
  });
  const { access_token: token } = JSON.parse(answer.text) as { access_token: string };
  const server = await databases.postgres();
  const target = await server.createBare();
  const { SLUICE_DATA = "" } = database.env;

  expect((await move(database.url, target, { SLUICE_DATA })).said).toContain("is in use. Stop Sluice");
  await p.stop();
  await database.close();
  const other = await move(database.url, target, { SLUICE_DATA, SLUICE_SECRET: "another one" });
  expect(other.said).toContain("The secret does not open what is stored in the file");
  expect(await move(database.url, target, { SLUICE_DATA })).toEqual({
    code: 0,
    said: expect.stringContaining("compared row by row"),
  });
  expect((await move(database.url, target, { SLUICE_DATA })).said).toContain(
    "is not empty: it has rows in User",
  );

  const [moved, g] = await Promise.all([
    publisher({ DATABASE_URL: target }),
    gateway({ DATABASE_URL: target }),
  ]);
  const status = await g.status();
  expect(status.generation).toBeGreaterThan(before);
  const call = await send(`${g.url}/kept/1/x`, { headers: { authorization: `Bearer ${token}` } });
  expect([call.status, one.requests.at(-1)?.headers.authorization]).toEqual([
    200,
    `Basic ${btoa("till:of the till")}`,
  ]);
  await moved.signIn("cook", "password of the cook");
  // Numbers of rows go on, those of rows that are gone among them.
  const onServer = databases.opened(target, "", database.folder);
  const [{ last } = { last: 0 }] = await onServer.sql<{ last: number }>(
    `SELECT MAX("id") AS last FROM "AuditEntry"`,
  );
  await onServer.save({ name: "Later", version: "1", context: "/later" });
  expect(await onServer.sql(`SELECT MAX("id") AS last FROM "AuditEntry"`)).toEqual([{ last: last + 1 }]);
  await onServer.close();
});
