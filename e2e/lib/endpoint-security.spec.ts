import { type ApiDefinition, deployProblems, mapAllSecrets, secretIds } from "#lib/edit/api";
import { mapSecrets, securityDiff, securityProblems } from "#lib/edit/endpointSecurity";
import { effectiveGroup, setSandboxSeparate } from "#lib/edit/endpoints";
import { parseDefinition } from "#lib/schemas/definition";
import { EndpointGroups } from "#lib/schemas/endpointGroup";
import { EndpointSecurity } from "#lib/schemas/security";
import { diff } from "#lib/tell/diff";
import { expect, test } from "../fixtures";

const security = (value: object) => EndpointSecurity.parse(value);
const SECRET = "open sesame";

function definition(production: object = {}, sandbox: object = {}): ApiDefinition {
  const group = (id: string, more: object) => ({
    enabled: true,
    endpoints: [{ id, url: "https://a.example" }],
    security: more,
  });
  const parsed = parseDefinition({
    name: "Orders",
    context: "/orders",
    version: "1.0.0",
    endpoints: { production: group("prod", production), sandbox: group("sand", sandbox) },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.definition;
}

test("a document from before endpoint security has none", () => {
  expect(security({}).kind).toBe("none");
  expect(securityProblems(security({}))).toEqual([]);
});

test("choosing another kind keeps what was entered for the one before", () => {
  const basic = security({ kind: "basic", basic: { username: "anna", password: { id: "s1" } } });
  const other = EndpointSecurity.parse({ ...basic, kind: "apiKey" });
  expect(EndpointSecurity.parse({ ...other, kind: "basic" })).toEqual(basic);
});

test("each kind says what is missing, and nothing when it is complete", () => {
  const messages = (value: object) => securityProblems(security(value)).map((p) => p.path.join("/"));
  expect(messages({ kind: "basic" })).toEqual(["basic/username", "basic/password"]);
  expect(messages({ kind: "digest" })).toEqual(["digest/username", "digest/password"]);
  expect(messages({ kind: "oauth2" })).toEqual(["oauth2/tokenUrl", "oauth2/clientId", "oauth2/clientSecret"]);
  expect(messages({ kind: "oauth2", oauth2: { grant: "password" } })).toContain("oauth2/password");
  expect(messages({ kind: "apiKey" })).toEqual(["apiKey/name", "apiKey/value"]);
  const login = { username: "anna", password: { plain: SECRET } };
  expect(messages({ kind: "basic", basic: login })).toEqual([]);
  expect(messages({ kind: "basic", basic: { ...login, username: "an:na" } })).toEqual(["basic/username"]);
  expect(messages({ kind: "digest", digest: { ...login, username: "an:na" } })).toEqual([]);
  for (const tokenUrl of ["nonsense", "ftp://x", "https://user:pass@x/token"]) {
    const oauth2 = { tokenUrl, clientId: "c", clientSecret: { id: "s" } };
    expect(messages({ kind: "oauth2", oauth2 }), tokenUrl).toEqual(["oauth2/tokenUrl"]);
  }
  const key = (name: string) => ({ kind: "apiKey", apiKey: { name, value: { id: "s" } } });
  expect(messages(key("X-Api-Key"))).toEqual([]);
  for (const name of ["Host", "a b", "Content-Length", "X-Forwarded-For"]) {
    expect(messages(key(name)), name).toEqual(["apiKey/name"]);
  }
});

test("a secret holds no line breaks, so that it cannot add a header", () => {
  const parsed = EndpointSecurity.safeParse({ basic: { password: { plain: "a\r\nX-Evil: 1" } } });
  expect(parsed.success).toBe(false);
  expect(EndpointSecurity.safeParse({ basic: { username: "a\nb" } }).success).toBe(false);
  expect(EndpointSecurity.safeParse({ basic: { password: { id: "s", plain: "x" } } }).success).toBe(false);
});

test("what is missing stops a deployment, not a save", () => {
  const problems = deployProblems(definition({ kind: "basic" }));
  expect(problems).toContainEqual({
    path: ["endpoints", "production", "security", "basic", "password"],
    message: "Production endpoint security: Enter the password for the backend.",
  });
});

test("credentials of production are never used for the sandbox", () => {
  const basic = { kind: "basic", basic: { username: "anna", password: { id: "s1" } } };
  const { endpoints } = definition(basic);
  expect(endpoints.sandboxSeparate).toBe(false);
  expect(effectiveGroup(endpoints, "sandbox").security.kind).toBe("none");
  const separate = setSandboxSeparate(endpoints, true);
  expect(effectiveGroup(separate, "sandbox").security.kind).toBe("none");
  const own = EndpointGroups.parse({ sandbox: { security: basic } });
  const taken = setSandboxSeparate({ ...own, production: { ...own.production, routing: "failover" } }, true);
  expect(taken.sandbox).toMatchObject({ routing: "failover", security: basic });
});

test("secrets are found and replaced in every group, those of resources included", () => {
  const plain = { kind: "basic", basic: { username: "anna", password: { plain: SECRET } } };
  const whole = definition(plain, { apiKey: { value: { id: "kept" } } });
  const resources = whole.resources.map((r, i) =>
    i === 0 ? { ...r, endpoints: EndpointGroups.parse({ production: { security: plain } }) } : r,
  );
  const named = mapAllSecrets({ ...whole, resources }, (ref) => ("plain" in ref ? { id: "new" } : ref));
  expect(JSON.stringify(named)).not.toContain(SECRET);
  expect(secretIds(named).sort()).toEqual(["kept", "new"]);
  expect(mapAllSecrets(named, (ref) => ref)).toBe(named);
});

test("a change of a secret is told without it", () => {
  const before = definition({ kind: "basic", basic: { username: "anna", password: { id: "s1" } } });
  const after = definition({ kind: "digest", basic: { username: "berta", password: { plain: SECRET } } });
  const sentences = diff(before, after);
  expect(sentences).toEqual([
    "Endpoint Security Basic → Digest",
    "Endpoint Security Basic: user name anna → berta",
    "Endpoint Security Basic: password changed",
  ]);
  const none = security({});
  const entered = security({ apiKey: { value: { plain: SECRET } } });
  expect(securityDiff(none, entered)).toEqual(["Endpoint Security API Key: key entered"]);
  expect(securityDiff(entered, none)).toEqual(["Endpoint Security API Key: key removed"]);
  expect(mapSecrets(none, () => null)).toBe(none);
});
