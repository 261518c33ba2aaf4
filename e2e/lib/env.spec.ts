import { expect, test } from "@playwright/test";
import * as z from "zod";
import { databaseUrlProblem, shownDatabase } from "#lib/node/databaseUrl";
import { list, port, readEnvironment, shared } from "#lib/node/env";

const schema = z.object({
  ...shared,
  PORT: port(3000),
  HOSTS: list,
  ADMIN_PASSWORD: z.string().min(10, "A password has at least 10 characters.").optional(),
  GATEWAY_ADMIN_SECRET: z.string().max(3, "must be short").optional(),
});

test("an empty variable counts as not set", () => {
  expect(readEnvironment(schema, { PORT: "", TOKEN_ISSUER: "", HOSTS: "" })).toMatchObject({
    ok: true,
    value: { PORT: 3000, TOKEN_ISSUER: "sluice", HOSTS: [], DATABASE_URL: "file:./data/sluice.db" },
  });
});

test("entries of a list lose what is around them, and empty ones are none", () => {
  const read = readEnvironment(schema, { HOSTS: " a, ,B ,", PORT: "80" });
  expect(read).toMatchObject({ ok: true, value: { HOSTS: ["a", "B"], PORT: 80 } });
});

test("what is wrong is told by name, secrets without their value", () => {
  const wrong = {
    PORT: "99999",
    DATABASE_URL: "file:",
    ADMIN_PASSWORD: "short",
    GATEWAY_ADMIN_SECRET: "secret",
  };
  expect(readEnvironment(schema, wrong)).toEqual({
    ok: false,
    message:
      "DATABASE_URL must be file:path or postgresql://user:password@host:5432/database. " +
      'PORT must be a port from 1 to 65535 (it is "99999"). ' +
      "ADMIN_PASSWORD is invalid: A password has at least 10 characters. GATEWAY_ADMIN_SECRET must be short.",
  });
});

test("a password whose signs are not encoded is neither taken for a database nor shown", () => {
  const form = "must be file:path or postgresql://user:password@host:5432/database";
  for (const [url, problem, shown] of [
    // Of the first two, the host would be the user, and the port the beginning of the password.
    ["postgresql://u:12/SECRET@db.example/sluice", /%2F/, "the database"],
    ["postgresql://u:12/x?SECRET@db.example/sluice", /%3F/, "the database"],
    ["postgresql://u:12#SECRET@db.example/sluice", /%23/, "the database"],
    ["postgresql://u:SE,CRET@db.example/sluice", null, "postgresql://db.example:5432/sluice"],
    ["postgresql://u:SE@CR,ET@[::1]:5/sluice", null, "postgresql://[::1]:5/sluice"],
    ["postgresql://u:%40%2F%3FSECRET@db.example/sluice", null, "postgresql://db.example:5432/sluice"],
    ["postgresql://u:SECRET@a.example,b.example/sluice", /one host/, "the database"],
    ["postgresql://db.example/sluice/SECRET", form, "the database"],
    ["postgresql://db.example/a%0Ab", form, "the database"],
    ["postgres:u:SECRET@db.example/sluice", form, "the database"],
  ] as const) {
    const told = databaseUrlProblem(url);
    if (problem === null) expect(told).toBe(null);
    else expect(told).toMatch(problem);
    expect([told ?? "", shownDatabase(url)].join()).not.toContain("CRET");
    expect(shownDatabase(url)).toBe(shown);
  }
});
