import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { proxyFamilies, proxyFields } from "#lib/traffic/requestFields";
import { root } from "../processes";

test("HAProxy's file lets callers say nothing that a proxy may say", () => {
  const file = readFileSync(join(root, "docs/several-machines/haproxy.cfg"), "utf8");
  const drops = file.split("\n").flatMap((line) => /^ +http-request (del-header .*)/.exec(line)?.[1] ?? []);
  expect(drops).toEqual([
    "del-header forwarded",
    `del-header ^(${[...proxyFields].join("|")})$ -m reg`,
    `del-header ${proxyFamilies.source.replaceAll("(?:", "(")} -m reg`,
  ]);
});
