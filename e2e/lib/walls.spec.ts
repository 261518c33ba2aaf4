import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { readTree } from "../../tools/sourceTree";
import { findings } from "../../tools/walls";
import { table } from "../../tools/wallTable";
import { root } from "../processes";

const tree = readTree(root);

/** What is found when a file is added, or an import to one that is there. */
function planted(path: string, line: string): string[] {
  return findings(new Map(tree).set(path, `${line}\n${tree.get(path) ?? ""}`));
}

test("every import is one that the table allows, no files import each other, and no two have one name", () => {
  expect(tree.size).toBeGreaterThan(400);
  expect(findings(tree)).toEqual([]);
});

test("every room of the table has files in it", () => {
  const paths = [...tree.keys()];
  for (const { room } of table) {
    const lived = paths.some((path) => path === room || path.startsWith(room === "" ? "" : `${room}/`));
    expect(lived, room).toBe(true);
  }
});

for (const [path, line, words] of [
  ["lib/tell/diff.ts", 'import { database } from "#prisma/db";', "prisma is not for lib"],
  ["lib/tell/diff.ts", 'import { ask } from "../node/outgoing";', "lib/node is not for lib"],
  ["lib/tell/diff.ts", 'import { join } from "node:path";', "node is none of its packages"],
  ["lib/model/url.ts", 'import * as z from "zod";', "zod is none of its packages"],
  ["lib/schemas/role.ts", 'import type { Permission } from "../access/roles";', "lib is not for lib/schemas"],
  ["lib/node/trust.ts", 'import { database } from "#prisma/db";', "prisma is not for lib/node"],
  [
    "prisma/drafts.ts",
    'import type { Snapshot } from "../gateway/routes/table";',
    "gateway is not for prisma",
  ],
  ["gateway/main.ts", 'import { frontDoor } from "../publisher/frontDoor";', "publisher is not for gateway"],
  ["gateway/main.ts", 'import type { ReactNode } from "react";', "react is none of its packages"],
  ["gateway/backends/pool.ts", 'import { Client } from "undici";', "undici is none of its packages"],
  ["gateway/backends/wire.ts", 'import proxy from "http-proxy";', "http-proxy is none of its packages"],
  ["publisher/main.ts", 'import { Logo } from "#components/shared/Logo";', "components is not for publisher"],
  ["app/page.tsx", 'import type { Snapshot } from "../gateway/routes/table";', "gateway is not for app"],
  ["app/page.tsx", 'import { frontDoor } from "../publisher/frontDoor";', "publisher is not for app"],
  [
    "components/shared/Logo.tsx",
    'import type { Actor } from "#prisma/audit";',
    "prisma is not for components",
  ],
  ["cli/main.ts", 'import { database } from "#prisma/db";', "prisma is not for cli"],
  ["bin/sluice.mjs", 'import { can } from "#lib/access/roles";', "lib is not for bin"],
  ["publisher/main.ts", 'import { root } from "../tools/clone.mjs";', "tools is not for publisher"],
  ["e2e/http.ts", 'import { database } from "#prisma/db";', "prisma is not for e2e"],
  ["e2e/http.ts", 'export { Logo } from "#components/shared/Logo";', "components is not for e2e"],
  ["app/page.tsx", 'const late = import("../gateway/main");', "gateway is not for app"],
  ["app/page.tsx", 'import { can } from "../lib/access/roles";', "imported by its alias"],
] as const) {
  test(`${path} with ${line} is found`, () => {
    expect(planted(path, line)).toEqual([expect.stringContaining(words)]);
  });
}

test("files that import each other are found, by types and over several files", () => {
  const made = new Map(tree)
    .set("lib/tell/one.ts", 'import type { Two } from "./two";')
    .set("lib/tell/two.ts", 'export { three } from "./three";')
    .set("lib/tell/three.ts", 'import type { One } from "./one";');
  expect(findings(made)).toEqual([
    "These import each other in a circle, types included: lib/tell/one.ts, lib/tell/three.ts, lib/tell/two.ts",
  ]);
});

test("two files of one name are found, but for those that Next and processes call so", () => {
  expect(planted("lib/tell/matcher.ts", "")).toEqual([
    "Two files have one name; let each say what it is: lib/tell/matcher.ts, lib/traffic/matcher.ts",
  ]);
  expect(planted("app/apis/new/page.tsx", "")).toEqual([]);
});

test("no request waits for the database: only the gateway's other thread loads it", () => {
  const packages = (bundle: string) =>
    readFileSync(join(root, "build", bundle), "utf8").match(/"@prisma\/[^"]+"/g);
  expect(packages("databaseThread.mjs")).not.toBeNull();
  expect(packages("gateway.mjs")).toBeNull();
});

test("what serves requests has neither private keys nor what opens them", () => {
  const bundle = (name: string) => readFileSync(join(root, "build", name), "utf8");
  const signs = /privateJwk|SignJWT/;
  expect(bundle("databaseThread.mjs")).toMatch(signs);
  expect(bundle("gateway.mjs")).not.toMatch(signs);
});

test("the environment is read in one place of each process", () => {
  const readers = [...tree].filter(([, text]) => text.includes("process.env")).map(([path]) => path);
  const product = readers.filter((path) => !/^(e2e|tools|cli)\//.test(path) && !path.endsWith(".config.ts"));
  expect(product.sort()).toEqual([
    "app/_server/publisherEnv.ts",
    "gateway/main.ts",
    "lib/node/env.ts",
    "proxy.ts",
    "publisher/main.ts",
  ]);
});
