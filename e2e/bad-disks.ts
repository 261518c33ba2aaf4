/**
 * `npm run bad-disks`: the built publisher on disks that fail, as root on Linux: file systems of their own in files
 * (loop devices) that run full, are read-only and writable again, and are cut off while saves and deployments are
 * acknowledged. Prints what is right and what was seen, and ends with exit code 1 where they differ. Not part of
 * `npm test`: few who run that may mount.
 */
import { execFileSync, spawnSync } from "node:child_process";
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { admin, postSession } from "./installation";
import { freePort } from "./ports";
import { neutralEnvironment, type Running, root, run, until } from "./processes";
import { importApi } from "./writers";

const DISK_MIB = 48;
const WRITERS = 4;
/** How often the disk is cut off. */
const CUTS = 5;
/** Acknowledged before each cut, at least. */
const WRITES = 12;

const folder = mkdtempSync(join(tmpdir(), "sluice-bad-disks-"));
const mounted: string[] = [];
const running: Running[] = [];
const rows: { fault: string; right: string; seen: string }[] = [];

const sh = (command: string, ...args: string[]) => execFileSync(command, args, { stdio: "pipe" });
const expectSeen = (fault: string, right: string, seen: string) => rows.push({ fault, right, seen });

/** Mounts the file system in an image; without one it is made. */
function mount(name: string, image = join(folder, `${name}.img`), isNew = true): string {
  const place = join(folder, name);
  mkdirSync(place);
  if (isNew) {
    sh("truncate", "-s", `${DISK_MIB}M`, image);
    sh("mkfs.ext4", "-q", "-m", "0", image);
  }
  sh("mount", "-o", "loop,commit=300,errors=remount-ro", image, place);
  mounted.push(place);
  return place;
}

function unmount(place: string): void {
  sh("umount", place);
  mounted.splice(mounted.indexOf(place), 1);
}

/** Takes all the room there is; returns what gives it back. */
function fill(place: string): () => void {
  const filler = join(place, "filler");
  const file = openSync(filler, "w");
  for (let size = 1024 * 1024; size >= 1024; ) {
    try {
      writeSync(file, Buffer.alloc(size, 1));
    } catch {
      size /= 2;
    }
  }
  closeSync(file);
  return () => rmSync(filler);
}

const urlOf = (place: string) => `file:${join(place, "sluice.db")}`;

function migrate(place: string): string {
  const env = { ...neutralEnvironment(), DATABASE_URL: urlOf(place) };
  const { status, stderr } = spawnSync(process.execPath, ["build/migrate.mjs"], { cwd: root, env });
  return `${status} ${String(stderr).replaceAll(place, "").trim()}`.trim();
}

async function publisher(place: string): Promise<{ child: Running; url: string }> {
  const port = await freePort();
  const env = { DATABASE_URL: urlOf(place), PORT: String(port), ADMIN_PASSWORD: admin.password };
  const child = run("publisher", { ...env, GATEWAY_ADMIN_PORT: String(await freePort()) });
  running.push(child);
  await until(child, () => /^Publisher: http/m.test(child.output()));
  return { child, url: `http://127.0.0.1:${port}` };
}

/** A save in few words: its status, and what was said when it was refused. */
async function save(url: string, token: string, name: string, note = "x"): Promise<string> {
  const { status, text } = await importApi(url, token, { name, note });
  return status < 300 ? String(status) : `${status} ${(JSON.parse(text) as { message: string }).message}`;
}

async function fullDisk(): Promise<void> {
  const place = mount("full");
  let makeRoom = fill(place);
  const full = "The database /sluice.db could not be made: database or disk is full.";
  const first = migrate(place);
  makeRoom();
  expectSeen("first start on a full disk, then with room", `1 ${full} / 0`, `${first} / ${migrate(place)}`);

  const { child, url } = await publisher(place);
  const { token } = await postSession(url, admin.username, admin.password);
  expectSeen("a save with room", "201", await save(url, token, "Before"));
  makeRoom = fill(place);
  let last = "";
  // What is allocated already is used up first.
  for (let round = 1; round < 40 && !last.startsWith("5"); round++)
    last = await save(url, token, `Full${round}`, "much to say ".repeat(2_000));
  expectSeen("the disk runs full: a save", "507 The disk of the database is full.", last);
  expectSeen("the disk is full: a page", "200", String((await fetch(`${url}/readyz`)).status));
  makeRoom();
  expectSeen("room again, without a new start: a save", "201", await save(url, token, "After"));
  await child.stop();
  unmount(place);
}

/** Status, and whether After and Lost are there. */
async function names(url: string, token: string): Promise<string> {
  const answer = await fetch(`${url}/api/v1/apis`, { headers: { authorization: `Bearer ${token}` } });
  const text = await answer.text();
  return `${answer.status} ${text.includes('"After"')} ${text.includes('"Lost"')}`;
}

async function readOnlyDisk(): Promise<void> {
  const place = mount("readOnly");
  migrate(place);
  const first = await publisher(place);
  const { token } = await postSession(first.url, admin.username, admin.password);
  await first.child.stop("SIGKILL");
  sh("mount", "-o", "remount,ro", place);
  const { child, url } = await publisher(place);
  const refused = await fetch(`${url}/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(admin),
  });
  const seen = `${refused.status} ${(await refused.text()).includes("The database can")}`;
  expectSeen("a start on a read-only disk: a sign-in is refused in words", "503 true", seen);
  sh("mount", "-o", "remount,rw", place);
  expectSeen("writable again, without a new start: a save", "201", await save(url, token, "After"));

  // An error that ext4 finds has it go read-only by itself, until it is mounted anew.
  const device = String(sh("findmnt", "-n", "-o", "SOURCE", place)).trim();
  writeFileSync(`/sys/fs/ext4/${basename(device)}/trigger_fs_error`, "of bad-disks");
  const failed = await save(url, token, "Lost");
  expectSeen("it turns read-only while it runs: a save is refused", "503", failed.split(" ", 1)[0] ?? "");
  await child.stop("SIGKILL");
  unmount(place);
  const again = await publisher(mount("again", join(folder, "readOnly.img"), false));
  expectSeen("mounted anew: what was acknowledged", "200 true false", await names(again.url, token));
  await again.child.stop();
  unmount(join(folder, "again"));
}

interface Acknowledged {
  name: string;
  note: number;
  revision: number;
}

async function cutOff(): Promise<void> {
  const image = join(folder, "cut.img");
  const place = mount("cut", image);
  migrate(place);
  const { child, url } = await publisher(place);
  const session = await postSession(url, admin.username, admin.password);
  const keys = await (await fetch(`${url}/oauth2/jwks`)).text();
  const written: Acknowledged[] = [];
  let isOver = false;
  const writers = Array.from({ length: WRITERS }, async (_, writer) => {
    const name = `Api${writer}`;
    for (let note = 1; !isOver; note++) {
      const answer = await importApi(url, session.token, { name, note: `${note}`, deploy: note % 2 === 0 });
      if (answer.status > 201) throw new Error(`${answer.status} ${answer.text}`);
      const { revision } = JSON.parse(answer.text) as { revision: number | null };
      written.push({ name, note, revision: revision ?? 0 });
    }
  });
  for (let cut = 1; cut <= CUTS; cut++) {
    const until = written.length + WRITES;
    while (written.length < until) await new Promise((resolve) => setTimeout(resolve, 5));
    // What was answered until now counts; nothing is flushed for us.
    const copy = join(folder, `cut${cut}.img`);
    process.kill(child.pid, "SIGSTOP");
    const acknowledged = [...written];
    copyFileSync(image, copy);
    process.kill(child.pid, "SIGCONT");
    const lost = await missing(mount(`cut${cut}`, copy, false), session.token, acknowledged, keys);
    expectSeen(`cut off after ${acknowledged.length} acknowledged: what is missing`, "nothing", lost);
  }
  isOver = true;
  await Promise.all(writers);
  await child.stop();
  unmount(place);
}

/** What of it a publisher that starts on that disk does not have. */
async function missing(
  place: string,
  token: string,
  acknowledged: readonly Acknowledged[],
  keys: string,
): Promise<string> {
  const gone: string[] = [];
  if (readFileSync(join(place, "sluice.secret"), "utf8").length !== 43) gone.push("secret");
  const { child, url } = await publisher(place);
  const read = async (path: string) => {
    const answer = await fetch(url + path, { headers: { authorization: `Bearer ${token}` } });
    return answer.ok ? await answer.text() : `${answer.status}`;
  };
  if ((await read("/oauth2/jwks")) !== keys) gone.push("key");
  await postSession(url, admin.username, admin.password).catch(() => gone.push("user"));
  const list = await read("/api/v1/apis");
  if (/^\d+$/.test(list)) gone.push("session");
  else {
    const { apis } = JSON.parse(list) as { apis: { id: string; name: string }[] };
    for (const name of new Set(acknowledged.map((one) => one.name))) {
      const mine = acknowledged.filter((one) => one.name === name);
      const id = apis.find((api) => api.name === name)?.id;
      const draft = id ? await read(`/apis/${id}/export`) : "";
      const note = Number(/"?description"?: '?"?(\d+)/.exec(draft)?.[1] ?? 0);
      if (note < Math.max(...mine.map((one) => one.note))) gone.push(`draft of ${name}`);
      const revisions = id ? await read(`/api/v1/apis/${id}/revisions`) : "";
      const numbers = [...revisions.matchAll(/"number":(\d+)/g)].map(([, number]) => Number(number));
      if (Math.max(0, ...numbers) < Math.max(...mine.map((one) => one.revision)))
        gone.push(`deployment of ${name}`);
    }
  }
  await child.stop("SIGKILL");
  unmount(place);
  return gone.join(", ") || "nothing";
}

/** Why none of this can be done here; "" when it can. */
function hindrance(): string {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "needs root on Linux";
  try {
    unmount(mount("probe"));
    return "";
  } catch (error) {
    return `needs the right to mount (${String(error).split("\n")[0]})`;
  }
}

const why = hindrance();
try {
  if (why) console.log(`Skipped: bad-disks ${why}.`);
  else for (const one of [fullDisk, readOnlyDisk, cutOff]) await one();
} finally {
  await Promise.all(running.map((one) => one.stop("SIGKILL")));
  for (const place of [...mounted]) unmount(place);
  rmSync(folder, { recursive: true, force: true });
}
const wrong = rows.filter(({ right, seen }) => right !== seen);
for (const row of rows) {
  const verdict = wrong.includes(row) ? `WRONG, right is: ${row.right}` : "as it should be";
  console.log(`${row.fault}\n    seen: ${row.seen}\n    ${verdict}`);
}
process.exit(wrong.length > 0 ? 1 : 0);
