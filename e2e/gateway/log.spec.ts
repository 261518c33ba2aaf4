import { execFile } from "node:child_process";
import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { ApiHistory } from "#lib/status";
import { expect, type Gateway, outputFolder, test } from "../fixtures";
import { neverSuspended, pizza, send, wire } from "./client";

interface Line {
  path?: string;
  lostLines?: number;
}

const lines = (text: string) =>
  text
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test.use({ installation: "own" });

test("the access log has one JSON line per request that says who, what, where and how long", async ({
  backend,
  gateway,
}) => {
  const [gone, two] = [await backend("gone"), await backend("two")];
  await gone.kill();
  const g = await gateway();
  await g.deploy(pizza([gone, two], neverSuspended, { resources: [{ method: "GET", path: "/menu/{id}" }] }));
  await send(`${g.url}/pizza/1.0.0/menu/7?secret=1`, { headers: { "X-Request-ID": "from-the-caller" } });
  await send(`${g.url}/unknown`);
  await expect.poll(() => lines(g.output()).length).toBe(2);
  const [served, unknown] = lines(g.output());
  expect(served).toEqual({
    level: "info",
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    requestId: "from-the-caller",
    method: "GET",
    path: "/pizza/1.0.0/menu/7",
    status: 200,
    ms: expect.any(Number),
    client: "127.0.0.1",
    api: "Pizza",
    version: "1.0.0",
    revision: 1,
    keyType: "production",
    resource: "/menu/{id}",
    endpoint: "ep-2",
    attempts: 2,
  });
  expect(unknown).toMatchObject({
    method: "GET",
    path: "/unknown",
    status: 404,
    requestId: expect.any(String),
  });
});

test("what an API refuses is told as that API's, in the log, in /metrics and in /history", async ({
  backend,
  gateway,
}) => {
  const one = await backend("one");
  const g = await gateway();
  const { id } = await g.deploy(
    pizza([one], {}, { resources: [{ method: "GET", path: "/menu" }], security: { kind: "jwt" } }),
  );
  await send(`${g.url}/pizza/1.0.0/menu`);
  await send(`${g.url}/pizza/1.0.0/menu`, { method: "DELETE" });
  await send(`${g.url}/pizza/1.0.0/nothing`);
  await expect.poll(() => lines(g.output()).length).toBe(3);
  expect(lines(g.output()).map((line) => line.status)).toEqual([401, 405, 404]);
  for (const line of lines(g.output())) {
    expect(line).toMatchObject({ api: "Pizza", version: "1.0.0", revision: 1, keyType: "", attempts: 0 });
  }
  const text = await metrics(g);
  expect(sample(text, "sluice_requests_total", { api: "Pizza", key_type: "", code: "4xx" })).toBe(3);
  const refused = async (query: string) => {
    const answer = await fetch(`${g.adminUrl}/history?api=${id}${query}`);
    const { points } = ApiHistory.parse(await answer.json());
    return points.reduce((sum, p) => sum + p.refused, 0);
  };
  expect(await refused("")).toBe(3);
  expect(await refused("&keyType=production")).toBe(0);
});

test("what is not HTTP and callers that leave are logged too", async ({ backend, gateway }) => {
  const one = await backend("one");
  one.hang();
  const g = await gateway();
  await g.deploy(pizza([one]));
  const garbage = await wire(g.url);
  garbage.write("garbage\r\n\r\n");
  const received = await garbage.closed;
  const caller = await wire(g.url);
  caller.write("GET /pizza/1.0.0/menu HTTP/1.1\r\nHost: gw\r\n\r\n");
  await expect.poll(() => one.requests.length).toBe(1);
  caller.socket.destroy();
  await expect.poll(() => lines(g.output()).map((line) => line.status)).toEqual([400, 0]);
  expect(lines(g.output())[0]?.requestId).toBe(/x-request-id: (\S+)/i.exec(received)![1]);
});

test("the access log goes to a file or nowhere where that is asked for", async ({ backend, gateway }) => {
  const one = await backend("one");
  const file = `${outputFolder()}/logs/access.log`;
  const [toFile, off] = await Promise.all([
    gateway({ GATEWAY_ACCESS_LOG: file }),
    gateway({ GATEWAY_ACCESS_LOG: "off" }),
  ]);
  await off.reaches((await toFile.deploy(pizza([one]))).generation);
  for (const g of [toFile, off]) await send(`${g.url}/pizza/1.0.0/menu`);
  await expect.poll(async () => lines(await readFile(file, "utf8").catch(() => ""))).toHaveLength(1);
  // Whatever was buffered is written at the end.
  await Promise.all([toFile.stop(), off.stop()]);
  expect(lines(toFile.output() + off.output())).toEqual([]);
});

test("lines that a full disk does not take are counted, the one it cut is ended, and both is said once", async ({
  gateway,
}) => {
  const file = `${outputFolder()}/access.log`;
  const g = await gateway({ GATEWAY_ACCESS_LOG: file });
  await send(`${g.url}/first`);
  await expect.poll(() => readFile(file, "utf8").catch(() => "")).toContain("/first");
  // A limit to the size of files fails writes as a full disk does: what fits is written.
  const limit = (bytes: number | string) =>
    promisify(execFile)("prlimit", [`--pid=${g.pid}`, `--fsize=${bytes}:`]);
  await limit((await stat(file)).size + 1000);
  // Long ones fill what is written at once, so that each round fails anew.
  const long = `${g.url}/long/${"x".repeat(7_000)}`;
  const rounds = 5;
  for (let round = 1; round <= rounds; round++) {
    for (let i = 0; i < 20; i++) await send(long);
    if (round === 1)
      await expect.poll(g.output).toContain("The access log cannot be written, lines are lost: EFBIG");
  }
  await limit("unlimited");
  await expect
    .poll(async () => {
      await send(`${g.url}/last`);
      return readFile(file, "utf8");
    })
    .toContain("/last");
  await expect.poll(g.output).toContain("The access log can be written again; ");
  await g.stop();
  const written = (await readFile(file, "utf8")).trimEnd().split("\n");
  const whole = written.filter((line) => line.endsWith("}")).map((line) => JSON.parse(line) as Line);
  expect(written.length - whole.length).toBe(1);
  const lost = whole.reduce((sum, { lostLines = 0 }) => sum + lostLines, 0);
  expect(whole.filter(({ path }) => path?.startsWith("/long/")).length + lost).toBe(rounds * 20);
  const said = g.output().match(/^The access log .*$/gm);
  expect(said).toEqual([
    expect.stringMatching(/cannot be written/),
    `The access log can be written again; ${lost} lines were lost.`,
  ]);
});

test("a log that a rotator moves away or removes is begun anew at its path, without a signal and with one", async ({
  gateway,
}) => {
  const file = `${outputFolder()}/access.log`;
  await writeFile(file, '{"cut":');
  const g = await gateway({ GATEWAY_ACCESS_LOG: file });
  const paths = async (name: string) =>
    lines((await readFile(name, "utf8").catch(() => "")).replace(/^\{"cut":(\n|$)/, "")).map(
      ({ path }) => path,
    );
  await send(`${g.url}/0`);
  await expect.poll(() => paths(file)).toEqual(["/0"]);

  await rename(file, `${file}.1`);
  await expect.poll(() => stat(file).catch(() => null)).not.toBeNull();
  await send(`${g.url}/1`);
  await expect.poll(() => paths(file)).toEqual(["/1"]);
  expect(await paths(`${file}.1`)).toEqual(["/0"]);

  // Another one is at the path, as some rotators put it there.
  await writeFile(`${file}.new`, "");
  await rename(`${file}.new`, file);
  await expect
    .poll(async () => {
      await send(`${g.url}/2`);
      return paths(file);
    })
    .toContain("/2");

  await rm(file);
  process.kill(g.pid, "SIGUSR2");
  await expect.poll(() => stat(file).catch(() => null)).not.toBeNull();
  await send(`${g.url}/3`);
  await expect.poll(() => paths(file)).toContain("/3");
  expect(g.output()).not.toContain("access log");
});

test("a place at which no log can be opened is said once, and the file from before is written on", async ({
  gateway,
}) => {
  const folder = `${outputFolder()}/logs`;
  const file = `${folder}/access.log`;
  const g = await gateway({ GATEWAY_ACCESS_LOG: file });
  await rename(folder, `${folder}.away`);
  await writeFile(folder, "no folder");
  await expect.poll(g.output).toContain("The access log goes on in the file from before: ENOTDIR");
  await send(`${g.url}/on`);
  await expect.poll(() => readFile(`${folder}.away/access.log`, "utf8")).toContain("/on");
  await rm(folder);
  await expect
    .poll(async () => {
      await send(`${g.url}/anew`);
      return readFile(file, "utf8").catch(() => "");
    })
    .toContain("/anew");
  expect(g.output().match(/access log/g)).toHaveLength(1);
});

test("a signal to open the log anew ends no gateway whose log is no file", async ({ gateway }) => {
  const g = await gateway();
  process.kill(g.pid, "SIGUSR2");
  await send(`${g.url}/after`);
  await expect.poll(() => lines(g.output()).map(({ path }) => path)).toEqual(["/after"]);
});

async function metrics(g: Gateway): Promise<string> {
  const answer = await fetch(`${g.adminUrl}/metrics`);
  expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  return answer.text();
}

/** The value of a sample whose labels include all of these. */
function sample(text: string, name: string, labels: Record<string, string> = {}): number | undefined {
  for (const line of text.split("\n")) {
    const [, found, inside = "", value] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    const wanted = Object.entries(labels).every(([label, text]) => inside.includes(`${label}="${text}"`));
    if (found === name && wanted) return Number(value);
  }
}

test("/metrics counts requests, latencies, retries and suspensions the way Prometheus reads them", async ({
  backend,
  gateway,
}) => {
  const [gone, two] = [await backend("gone"), await backend("two")];
  await gone.kill();
  const g = await gateway();
  const { generation } = await g.deploy(pizza([gone, two]));
  for (let i = 0; i < 3; i++) await send(`${g.url}/pizza/1.0.0/menu`);
  await send(`${g.url}/unknown`);
  const text = await metrics(g);
  const api = { api: "Pizza", version: "1.0.0", key_type: "production" };
  expect(sample(text, "sluice_requests_total", { ...api, code: "2xx" })).toBe(3);
  expect(sample(text, "sluice_requests_total", { api: "", code: "404" })).toBe(1);
  expect(sample(text, "sluice_request_duration_seconds_count", api)).toBe(3);
  expect(sample(text, "sluice_request_duration_seconds_bucket", { ...api, le: "+Inf" })).toBe(3);
  expect(sample(text, "sluice_request_duration_seconds_sum", api)).toBeGreaterThan(0);
  expect(sample(text, "sluice_retries_total", api)).toBe(1);
  expect(sample(text, "sluice_endpoint_up", { endpoint: "ep-1" })).toBe(0);
  expect(sample(text, "sluice_endpoint_up", { endpoint: "ep-2" })).toBe(1);
  expect(sample(text, "sluice_endpoint_suspensions_total", { endpoint: "ep-1" })).toBe(1);
  expect(sample(text, "sluice_endpoint_failures_total", { endpoint: "ep-1" })).toBe(1);
  expect(sample(text, "sluice_endpoint_attempts_total", { endpoint: "ep-2" })).toBe(3);
  expect(sample(text, "sluice_generation")).toBe(generation);
  // Buckets are cumulative, and every family says what it is.
  const buckets = [...text.matchAll(/duration_seconds_bucket\{.*key_type="production".*\} (\d+)/g)].map(
    (match) => Number(match[1]),
  );
  expect(buckets).toEqual([...buckets].sort((a, b) => a - b));
  for (const name of new Set(
    [...text.matchAll(/^([a-z_]+?)(?:_bucket|_sum|_count)?[{ ]/gm)].map((m) => m[1]),
  )) {
    expect(text).toContain(`# TYPE ${name} `);
  }
});

test("counters survive a redeploy, an undeploy and odd names", async ({ backend, database, gateway }) => {
  const one = await backend("one");
  const g = await gateway();
  const { id } = await g.deploy(pizza([one], {}, { name: "Pizza - fresh. hot?" }));
  await send(`${g.url}/pizza/1.0.0/menu`);
  await g.deploy(pizza([one], {}, { name: "Pizza - fresh. hot?", description: "changed" }));
  await send(`${g.url}/pizza/1.0.0/menu`);
  const count = async () => sample(await metrics(g), "sluice_requests_total", { api: "Pizza - fresh. hot?" });
  expect(await count()).toBe(2);
  await g.reaches(await database.undeploy(id));
  expect(await count()).toBe(2);
});
