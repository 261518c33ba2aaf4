import { ZipFile } from "yazl";
import { expect, type Publisher, test } from "../fixtures";
import { certificate } from "../gateway/certificate";

/** An import is there whole, with its certificates, draft, revision and deployment, or nothing of it is. */

test.use({ signedIn: false });

/** A project with a certificate and a password, so that every table is written that an import writes. */
async function project(name: string, context: string): Promise<Blob> {
  const files = {
    "api.yaml": `type: api
data:
  name: ${name}
  version: 1.0.0
  context: ${context}
  endpointConfig:
    endpoint_type: http
    production_endpoints: {url: "https://${name.toLowerCase()}.example"}
    endpoint_security: {production: {type: BASIC, username: u, password: p}}
`,
    "Definitions/swagger.yaml": `openapi: 3.0.1\ninfo: {title: ${name}, version: 1.0.0}\npaths: {/a: {get: {}}}\n`,
    "Endpoint-certificates/endpoint_certificates.yaml": `data: [{alias: ${name}, endpoint: "https://${name.toLowerCase()}.example", certificate: one.crt}]\n`,
    "Endpoint-certificates/one.crt": certificate.cert,
  };
  const zip = new ZipFile();
  for (const [path, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), `P/${path}`);
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return new Blob([new Uint8Array(Buffer.concat(chunks))]);
}

async function send({ url }: Publisher, token: string, name: string, context = `/${name}`, query = "") {
  const body = new FormData();
  body.append("file", await project(name, context), "project.zip");
  const headers = { authorization: `Bearer ${token}` };
  return fetch(`${url}/api/v1/apis?deploy=true${query}`, { method: "POST", headers, body });
}

const tables = [
  "Api",
  "BackendCertificate",
  "Secret",
  "Revision",
  "Deployment",
  "Change",
  "AuditEntry",
  "EarlierDraft",
];
const counts = tables.map((name) => `(SELECT COUNT(*) FROM "${name}") AS "${name}"`).join(", ");
const everything = `SELECT ${counts}, (SELECT group_concat("draft") FROM "Api") AS drafts,
  (SELECT "value" FROM "Generation") AS generation`;

test("an import that cannot be deployed leaves no draft and no certificate", async ({
  publisher,
  database,
}) => {
  const running = await publisher();
  const { token } = await running.signIn();
  expect((await send(running, token, "Old", "/shop")).ok).toBe(true);
  // Its draft has moved on; what is live still answers at /shop.
  await database.sql(
    `UPDATE "Api" SET "context" = '/elsewhere', "basePath" = '/elsewhere/1.0.0', "draft" = json_set("draft", '$.context', '/elsewhere')`,
  );
  const before = await database.sql(everything);
  const refused = await send(running, token, "New", "/shop");
  expect([refused.status, await refused.text()]).toEqual([
    400,
    expect.stringContaining("is served by Old 1.0.0"),
  ]);
  expect(await database.sql(everything)).toEqual(before);
});

test("whichever of its writes fails, nothing of an import is written", async ({ publisher, database }) => {
  const running = await publisher();
  const { token } = await running.signIn();
  expect((await send(running, token, "There")).ok).toBe(true);
  for (const name of ["New", "There"]) {
    for (const table of [...tables, "Generation"]) {
      if (name === "New" && table === "EarlierDraft") continue;
      // The same certificate again is no write, nor the same draft.
      await database.sql(`DELETE FROM "BackendCertificate"`);
      await database.sql(`UPDATE "Api" SET "draft" = json_set("draft", '$.description', 'Before ${table}')`);
      const changes = table === "Generation" || (name === "There" && table === "Api");
      const event = changes ? "UPDATE" : "INSERT";
      await database.sql(
        `CREATE TRIGGER "no" BEFORE ${event} ON "${table}" BEGIN SELECT RAISE(ABORT, 'cannot be written'); END`,
      );
      const before = await database.sql(everything);
      const answer = await send(running, token, name, `/${name}`, "&override=true");
      expect(answer.status, `${name}, ${table}: ${await answer.text()}`).toBeGreaterThanOrEqual(500);
      expect(await database.sql(everything), `${name}, ${table}`).toEqual(before);
      await database.sql(`DROP TRIGGER "no"`);
    }
    expect((await send(running, token, name, `/${name}`, "&override=true")).ok).toBe(true);
  }
});

test.describe("killed", () => {
  test.use({ installation: "own" });

  test("a publisher that is killed while it imports leaves whole imports only", async ({
    publisher,
    database,
  }) => {
    let running = await publisher();
    const { token } = await running.signIn();
    for (let kill = 0; kill < 3; kill++) {
      const sent = Array.from({ length: 12 }, (_, i) =>
        send(running, token, `K${kill}n${i}`).catch(() => null),
      );
      await Promise.any(sent);
      await running.stop("SIGKILL");
      await Promise.all(sent);
      running = await publisher();
      const halves = await database.sql(`SELECT a."name" FROM "Api" a
        LEFT JOIN "BackendCertificate" c ON c."alias" = a."name" LEFT JOIN "Deployment" d ON d."apiId" = a."id"
        LEFT JOIN "Revision" r ON r."id" = d."revisionId" LEFT JOIN "Secret" s ON s."apiId" = a."id"
        WHERE c."id" IS NULL OR d."id" IS NULL OR r."id" IS NULL OR s."id" IS NULL
        UNION ALL SELECT "alias" FROM "BackendCertificate" WHERE "alias" NOT IN (SELECT "name" FROM "Api")`);
      expect(halves).toEqual([]);
    }
    const [{ imported } = { imported: 0 }] = await database.sql<{ imported: number }>(
      `SELECT COUNT(*) AS imported FROM "Api"`,
    );
    expect(Number(imported)).toBeGreaterThanOrEqual(3);
  });
});
