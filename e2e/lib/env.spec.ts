import { expect, test } from "@playwright/test";
import { z } from "zod";
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
