import { X509Certificate } from "node:crypto";
import type { Answer, Call } from "#lib/contract/httpCall";
import { publisherCalls as calls } from "#lib/contract/publisherRest";
import { type Apictl, apictlOf, refusalOf, told } from "../apictl";
import { expect, test } from "../fixtures";
import { certificate, endingIn, expired, other } from "../gateway/certificate";
import { pizza } from "../gateway/client";
import { apiWith } from "../pages/apis";

/** Certificates of backends, as WSO2's clients manage them. */

test.use({ signedIn: false });

const at = (alias: string, more = "") => `/endpoint-certificates/${encodeURIComponent(alias)}${more}`;

function send(
  apictl: Apictl,
  method: "POST" | "PUT",
  path: string,
  file: string | Buffer,
  fields: Record<string, string> = {},
): Promise<Response> {
  const body = new FormData();
  body.append("certificate", new File([new Uint8Array(Buffer.from(file))], "server.crt"));
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  return apictl.call(path, { method, body });
}
const add = (apictl: Apictl, alias: string, endpoint: string, file: string | Buffer = certificate.cert) =>
  send(apictl, "POST", "/endpoint-certificates", file, { alias, endpoint });
const get = async <C extends Call & { answers: { 200: Answer } }>(apictl: Apictl, call: C, path: string) =>
  told(call, 200, await apictl.call(path));

test("a certificate counts at once, is replaced by its renewal and counts no more once deleted", async ({
  publisher,
  gateway,
  backend,
  database,
}) => {
  const b = await backend("safe", { tls: certificate });
  const g = await gateway();
  await g.deploy(pizza([b]));
  const apictl = await apictlOf(await publisher());
  const menu = async () => (await fetch(`${g.url}/pizza/1.0.0/menu`)).status;
  expect(await menu()).toBe(502);
  const alias = "öfen / safe";
  const added = await add(apictl, alias, `${b.url}/orders?x=1`);
  expect(added.headers.get("location")).toBe(`/api/am/publisher/v4${at(alias)}`);
  expect(await told(calls.addCertificate, 201, added)).toEqual({ alias, endpoint: b.url });
  await expect.poll(menu).toBe(200);
  expect(await get(apictl, calls.certificate, at(alias))).toEqual({
    status: "Active",
    validity: { from: expect.stringMatching(/^2026-/), to: expect.stringMatching(/^2126-/) },
    version: "3",
    subject: "CN=localhost",
  });
  const file = await apictl.call(at(alias, "/content"));
  expect(file.headers.get("content-disposition")).toBe('attachment; filename="_fen_safe.crt"');
  expect(new X509Certificate(await file.text()).raw).toEqual(new X509Certificate(certificate.cert).raw);

  // Another one for the same server: what the backend has is trusted no more.
  const der = new X509Certificate(other.cert).raw;
  const replaced = await send(apictl, "PUT", at(alias), der);
  expect(await told(calls.replaceCertificate, 200, replaced)).toEqual({ alias, endpoint: b.url });
  expect(await (await apictl.call(at(alias, "/content"))).text()).toBe(new X509Certificate(der).toString());
  await expect.poll(menu).not.toBe(200);
  expect((await send(apictl, "PUT", at(alias), certificate.cert)).status).toBe(200);
  await expect.poll(menu).toBe(200);

  const deleted = await apictl.call(at(alias), { method: "DELETE" });
  expect([deleted.status, await deleted.text()]).toEqual([200, ""]);
  await expect.poll(menu).not.toBe(200);
  for (const [method, more] of [
    ["DELETE", ""],
    ["GET", ""],
    ["GET", "/content"],
    ["GET", "/usage"],
  ] as const)
    expect((await refusalOf(await apictl.call(at(alias, more), { method }))).status, method + more).toBe(404);
  expect((await refusalOf(await send(apictl, "PUT", at(alias), certificate.cert))).status).toBe(404);
  const audit = await database.sql<{ action: string }>(
    `SELECT action FROM "AuditEntry" WHERE action LIKE 'certificate.%' ORDER BY id`,
  );
  const done = ["add", "replace", "replace", "remove"].map((what) => ({ action: `certificate.${what}` }));
  expect(audit).toEqual(done);
});

test("what is no certificate, has no place or is taken is refused, and nothing is kept of it", async ({
  publisher,
  database,
}) => {
  const apictl = await apictlOf(await publisher());
  const url = "https://a.example:8443";
  const told400 = async (answer: Response) => {
    const { status, description } = await refusalOf(answer);
    expect(status, description).toBe(400);
    return description;
  };
  expect(await told400(await add(apictl, "a", url, "nonsense"))).toContain("not a certificate");
  expect(await told400(await add(apictl, "a", url, certificate.key))).toContain("private key");
  expect(await told400(await add(apictl, "a", "http://a.example"))).toContain("endpoint is an https URL");
  expect(await told400(await add(apictl, " ", url))).toContain("Enter an alias.");
  expect(await told400(await add(apictl, "x".repeat(101), url))).toContain("at most 100 characters");
  const form = new FormData();
  form.append("alias", "a");
  const bare = await apictl.call("/endpoint-certificates", { method: "POST", body: form });
  expect(await told400(bare)).toContain("no file in its part named certificate");
  expect(await told400(await send(apictl, "POST", "/endpoint-certificates", certificate.cert))).toMatch(
    /Send alias\..*Send endpoint\./,
  );
  expect(await database.sql("SELECT id FROM BackendCertificate")).toEqual([]);

  expect((await add(apictl, "a", url)).status).toBe(201);
  expect(await refusalOf(await add(apictl, "a", "https://b.example"))).toMatchObject({
    status: 409,
    description: expect.stringContaining("already a certificate with the alias a"),
  });
  expect(await told400(await send(apictl, "PUT", at("a"), "nonsense"))).toContain("not a certificate");
  expect(await database.sql("SELECT origin FROM BackendCertificate")).toEqual([{ origin: url }]);
});

test("certificates are listed by alias and server, and tell which APIs they are for", async ({
  publisher,
  database,
}) => {
  const apictl = await apictlOf(await publisher());
  const [a, b] = ["https://a.example:8443", "https://b.example"];
  await add(apictl, "one", a, expired.cert);
  await add(apictl, "two", b);
  await add(apictl, "three", b, await endingIn(5, certificate.key));
  const list = async (query: string) => {
    const { count, certificates, pagination } = await get(
      apictl,
      calls.certificates,
      `/endpoint-certificates?${query}`,
    );
    expect(count).toBe(certificates.length);
    return { aliases: certificates.map(({ alias }) => alias), ...pagination };
  };
  expect((await list("")).aliases).toEqual(["one", "three", "two"]);
  expect((await list("alias=one")).aliases).toEqual(["one"]);
  expect((await list("alias=on")).aliases).toEqual([]);
  expect((await list(`endpoint=${b}/orders`)).aliases).toEqual(["three", "two"]);
  expect((await list("endpoint=A.example")).aliases).toEqual(["one"]);
  expect(await list("limit=1&offset=1&endpoint=example")).toEqual({
    aliases: ["three"],
    ...{ offset: 1, limit: 1, total: 3 },
    next: "/endpoint-certificates?limit=1&offset=2&endpoint=example",
    previous: "/endpoint-certificates?limit=1&offset=0&endpoint=example",
  });
  expect((await refusalOf(await apictl.call("/endpoint-certificates?limit=x"))).status).toBe(400);
  expect((await get(apictl, calls.certificate, at("one"))).status).toBe("Expired");
  expect((await get(apictl, calls.certificate, at("three"))).status).toBe("Active");

  // By what is live or by the draft, a resource's own endpoints among them.
  await database.deploy(apiWith([`${b}/orders`], {}, "Live"));
  await database.save(apiWith(["https://elsewhere.example"], {}, "Live"));
  await database.save(apiWith(["http://b.example", "https://B.example:443"], {}, "Draft"));
  const own = { production: { enabled: true, endpoints: [{ id: "own-1", url: b }] } };
  await database.save({
    ...apiWith([a], {}, "Resource"),
    resources: [{ method: "GET", path: "/menu", endpoints: own }],
  });
  await database.save({ ...apiWith(["https://bb.example"], {}, "None"), description: b });
  const users = async (alias: string) =>
    (await get(apictl, calls.certificateUse, at(alias, "/usage"))).list.map(({ name }) => name);
  expect(await users("two")).toEqual(["Draft", "Live", "Resource"]);
  expect(await users("one")).toEqual(["Resource"]);
  const page = await get(apictl, calls.certificateUse, at("two", "/usage?limit=1&offset=2"));
  expect(page.list.map(({ name }) => name)).toEqual(["Resource"]);
  expect(page.pagination.previous).toBe("/endpoint-certificates/two/usage?limit=1&offset=1");
});
