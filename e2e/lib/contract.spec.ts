import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { type Interface, openApiDocument } from "#lib/contract/openApiDocument";
import { publisherRest } from "#lib/contract/publisherRest";
import { sluiceCalls, sluiceRest } from "#lib/contract/sluiceRest";
import { readOpenApi } from "#lib/openapi/readOpenApi";

/** The rows of lib/contract beside the routes that are made of them, and the documents beside our own reader. */

const ROOT = join(import.meta.dirname, "../..");
const METHODS = /^export const (GET|POST|PUT|DELETE|PATCH)\b/gm;

/** "GET /apis/{id}", of every route below the interface's prefix. */
function routes(prefix: string): string[] {
  const folder = join(ROOT, "app", prefix);
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith("route.ts") && !file.startsWith("openapi.json"))
    .flatMap((file) => {
      const path = `/${file.slice(0, -"/route.ts".length)}`.replace(/\[(\w+)\]/g, "{$1}");
      const text = readFileSync(join(folder, file), "utf8");
      return [...text.matchAll(METHODS)].map(([, method]) => `${method} ${path}`);
    });
}

for (const one of [sluiceRest, publisherRest]) {
  test(`${one.prefix}: each route has its row, and each row its route`, () => {
    expect(existsSync(join(ROOT, "app", one.prefix, "openapi.json/route.ts"))).toBe(true);
    const rows = Object.values(one.calls).map(({ method, path }) => `${method} ${path}`);
    expect(routes(one.prefix).sort()).toEqual(rows.sort());
  });

  test(`${one.prefix}: the document names every call, and what it refers to is there`, () => {
    const document = openApiDocument(one);
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
      ([, name]) => name!,
    );
    expect(references.length).toBeGreaterThan(10);
    const names = Object.keys(document.components.schemas);
    expect(references.filter((name) => !names.includes(name))).toEqual([]);
    expect([...text.matchAll(/"\$ref":"([^"]*)"/g)].length).toBe(references.length);
    expect(operationIds(one)).toEqual(Object.keys(one.calls));
  });

  test(`${one.prefix}: Sluice reads its own document, with every call a resource`, () => {
    let id = 0;
    const text = JSON.stringify(openApiDocument(one));
    const read = readOpenApi(text, {
      newId: () => `ep_${id++}`,
      address: `https://publisher.example${one.prefix}/openapi.json`,
    });
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    const { definition, warnings } = read;
    const calls = Object.values(one.calls).map(({ method, path }) => `${method} ${path}`);
    expect(definition.resources.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(calls.sort());
    expect(definition.endpoints.production.endpoints.map(({ url }) => url)).toEqual([
      `https://publisher.example${one.prefix}`,
    ]);
    // Of the two ways in, a gateway checks tokens alone.
    expect([...new Set(warnings.map(({ message }) => message))]).toEqual([
      "basic (http basic) is not checked here: callers need a token.",
      "Nothing of this alternative can be checked: callers need what the others ask for.",
    ]);
  });
}

function operationIds(one: Interface): string[] {
  const found = new Set<string>();
  const { paths } = openApiDocument(one);
  for (const item of Object.values(paths))
    for (const operation of Object.values(item))
      found.add((operation as { operationId: string }).operationId);
  return Object.keys(one.calls).filter((name) => found.has(name));
}

test("the note of a deployment is no longer where an import brings it", () => {
  const { fields } = sluiceCalls.importApi.form;
  expect(fields.safeParse({ note: "x".repeat(1_000) }).success).toBe(true);
  expect(fields.safeParse({ note: "x".repeat(1_001) }).error?.issues).toMatchObject([
    { message: "note has at most 1000 characters." },
  ]);
});

test("what does not fit a row is told in words of ours", () => {
  const { schema } = sluiceCalls.takeToken.json;
  const told = (value: unknown) => schema.safeParse(value).error?.issues.map(({ message }) => message);
  expect(told({ keyType: 5 })).toEqual(["Possible here: production, sandbox."]);
  expect(told({ other: 1 })).toEqual(["Not known here: other."]);
  expect(told([])).toEqual(["Write an object here."]);
  expect(sluiceCalls.deploy.json.schema.safeParse({ revision: "1" }).error?.issues[0]?.message).toBe(
    "Write a number here.",
  );
});
