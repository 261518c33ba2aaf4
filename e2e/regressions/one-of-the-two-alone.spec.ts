import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, outputFolder, root, test } from "../fixtures";
import { freePort } from "../ports";
import { neutralEnvironment, run } from "../processes";

/** `npm start` could only start both, which are to be on machines of their own where there are several of them. */

test("npm start starts one of the two alone, and a gateway waits for its tables", async () => {
  test.slow();
  const [port, http, admin] = [await freePort(), await freePort(), await freePort()];
  const file = join(outputFolder(), "sluice.db");
  // What SQLite leaves of a start that could write nothing.
  writeFileSync(file, "");
  const env = {
    ...neutralEnvironment(),
    DATABASE_URL: `file:${file}`,
    SLUICE_SECRET: "the same for both",
    PORT: String(port),
    GATEWAY_HTTP_PORT: String(http),
    GATEWAY_HTTPS_PORT: "off",
    GATEWAY_ADMIN_PORT: String(admin),
  };
  const started: { child: ChildProcess; output(): string }[] = [];
  const start = (name: string) => {
    const child = spawn(process.execPath, ["tools/start.mjs", `--only=${name}`], { cwd: root, env });
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    started.push({ child, output: () => Buffer.concat(chunks).toString() });
    return started.at(-1)!;
  };
  const soon = { timeout: 60_000 };
  try {
    const gateway = start("gateway");
    await expect
      .poll(gateway.output, soon)
      .toContain("The database cannot be read: It has not the tables of this version: a publisher of this");
    await expect.poll(gateway.output, soon).toContain(`| Gateway: http://localhost:${http}`);
    const publisher = start("publisher");
    await expect.poll(publisher.output, soon).toContain("Press Ctrl+C");
    await expect.poll(gateway.output, soon).toContain("Press Ctrl+C");
    expect(publisher.output()).toContain(`\n  Publisher  http://localhost:${port}\n\n`);
    expect(publisher.output()).not.toContain("Gateway");
    expect(gateway.output()).toContain(`\n  Gateway    http://localhost:${http}\n\n`);
    expect(gateway.output()).not.toContain("Publisher");
  } finally {
    for (const { child } of started) child.kill("SIGTERM");
    const codes = started.map(({ child }) => child.exitCode ?? once(child, "exit").then(([code]) => code));
    expect(await Promise.all(codes)).toEqual(started.map(() => 0));
  }
});

test("a publisher that nobody has made tables for says so and ends", async () => {
  const file = join(outputFolder(), "sluice.db");
  writeFileSync(file, "");
  const env = { DATABASE_URL: `file:${file}`, SLUICE_SECRET: "any", PORT: String(await freePort()) };
  const publisher = run("publisher", env);
  expect(await publisher.exited).toBe(1);
  expect(publisher.output()).toContain(
    "The database has not the tables of this version. npm start makes them",
  );
});

test("there are two to choose from", () => {
  const { status, stderr } = spawnSync(process.execPath, ["tools/start.mjs", "--only=both"], { cwd: root });
  expect([status, String(stderr)]).toEqual([
    1,
    '--only=publisher or --only=gateway starts one of the two (it is "--only=both").\n',
  ]);
});

test("a server that the start cannot be sure of is refused in a sentence", () => {
  const migrate = (parameters: string) => {
    const env = {
      ...neutralEnvironment(),
      DATABASE_URL: `postgresql://sluice@localhost:9/sluice?${parameters}`,
    };
    const { status, stderr } = spawnSync(process.execPath, ["build/migrate.mjs"], { cwd: root, env });
    return [status, String(stderr)];
  };
  expect(migrate("sslmode=require")).toEqual([
    1,
    expect.stringMatching(/^DATABASE_URL has sslmode=require; allowed are disable and verify-full .*\.\n$/),
  ]);
  expect(migrate("sslmode=verify-full&sslrootcert=/nowhere.crt")).toEqual([
    1,
    "The database postgresql://localhost:9/sluice cannot be used: the file /nowhere.crt of sslrootcert cannot be read (ENOENT).\n",
  ]);
});
