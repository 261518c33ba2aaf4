/**
 * Brings a clone to a state in which Sluice can run: dependencies, Prisma client, database, build. A step that is
 * not stale costs a hash. Plain Node without imports from node_modules, because it runs before there are any.
 *
 *   node tools/prepare.mjs                 every step
 *   node tools/prepare.mjs install client  these steps only
 *   node tools/prepare.mjs --new           with a new database where the one that was there is lost
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress } from "node:zlib";
import { environment, root, run, StepFailed, say, text } from "./clone.mjs";
import { lock } from "./prepareLock.mjs";

const CLIENT_INPUTS = ["prisma/schema.prisma", "prisma.config.ts", "node_modules/prisma/package.json"];
const CLIENT_STAMP = "prisma/generated/.inputs";
const POSTGRES_SCHEMA = "prisma/generated/postgresql.prisma";
const BUILD_INPUTS = [
  "app",
  "components",
  "lib",
  "prisma",
  "public",
  "publisher/config.ts",
  "next.config.js",
  "proxy.ts",
  "instrumentation-client.ts",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
];
const BUILD_STAMP = ".next/.inputs";
const BUNDLES = {
  databaseCommands: "tools/databaseCommands.ts",
  migrate: "tools/migrateDatabase.ts",
  postgresql: "prisma/postgresql.ts",
  publisher: "publisher/main.ts",
  readerWorker: "app/_server/projects/readerWorker.ts",
  starter: "tools/starter.ts",
};
/** With the packages that they use, which halves the time that a gateway takes to load them, and the command a third. */
const WHOLE_BUNDLES = {
  databaseThread: "gateway/reading/databaseThread.ts",
  gateway: "gateway/main.ts",
  sluice: "cli/main.ts",
};
/** Binaries and what belongs to them, and what only the first start of all needs. */
const NOT_IN_BUNDLES = ["@prisma/*", "better-sqlite3", "@peculiar/x509", "reflect-metadata"];
/** For packages that are CommonJS inside a module. */
const REQUIRE =
  'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';
const BUNDLE_INPUTS = [
  "app/_server/projects",
  "cli",
  "gateway",
  "lib",
  "prisma",
  "publisher",
  "tools",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  CLIENT_STAMP,
];
const BUNDLE_STAMP = "build/.inputs";
const steps = { install, client, bundle, migrate, build };

/** Runs the named steps in order; one process at a time, so that two starts do not build into one folder. */
export async function prepare(names = Object.keys(steps)) {
  checkNode();
  const unlock = await lock();
  try {
    for (const name of names) await steps[name]();
  } finally {
    unlock();
  }
}

/** Whether the bundles are those of this clone as it is now. Needs no lock, so that many may ask at once. */
export async function isBundled() {
  if (!installed() || text(join(root, CLIENT_STAMP)) !== (await hash(CLIENT_INPUTS))) return false;
  return text(join(root, BUNDLE_STAMP)) === (await hash(BUNDLE_INPUTS));
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new StepFailed(`Sluice needs Node.js 20.19 or newer, and this is ${process.versions.node}.`);
}

async function install() {
  if (installed()) return;
  say("Installing dependencies (npm ci)");
  const npm = process.env.npm_execpath;
  // Development packages too: the build checks types.
  // What npm warns of (a package that prefers another runtime, settings it will drop) is nobody's to act on here.
  const args = ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
  if (npm?.endsWith("npm-cli.js")) await run("npm ci", process.execPath, [npm, ...args]);
  else await run("npm ci", "npm", args, { shell: process.platform === "win32" });
}

/** npm records what it put into node_modules, so its own record is the stamp: `npm install` by hand counts too. */
function installed() {
  const wanted = packagesIn("package-lock.json");
  const present = packagesIn("node_modules/.package-lock.json");
  if (!wanted || !present) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "" || entry.link) return true;
    const found = present[path];
    // Binaries of other platforms are in the lockfile and never installed.
    if (!found) return entry.optional;
    return found.version === entry.version && (!entry.integrity || found.integrity === entry.integrity);
  });
}

function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), "utf8")).packages;
  } catch {
    return undefined;
  }
}

async function client() {
  const inputs = await hash(CLIENT_INPUTS);
  if (text(join(root, CLIENT_STAMP)) === inputs) return;
  say("Generating the Prisma clients");
  // The first client's generation tears holes into the second one, which Prisma does not know again then.
  rmSync(join(root, "prisma/generated"), { recursive: true, force: true });
  await generate([]);
  // The same models for the other engine: nothing but these two lines differs.
  const schema = await readFile(join(root, "prisma/schema.prisma"), "utf8");
  const other = schema
    .replace('provider = "sqlite"', 'provider = "postgresql"')
    .replace('output   = "./generated"', 'output   = "./postgresql"');
  writeFileSync(join(root, POSTGRES_SCHEMA), other);
  await generate(["--schema", POSTGRES_SCHEMA]);
  writeFileSync(join(root, CLIENT_STAMP), inputs);
}

async function generate(args) {
  const prisma = ["node_modules/prisma/build/index.js", "generate", ...args];
  await run("prisma generate", process.execPath, prisma, { quiet: true });
}

/** Always run: it compares by itself in 0.3 s, and only it can tell whether the database is still the same file. */
async function migrate() {
  const isNew = process.argv.includes("--new");
  await run("", process.execPath, ["build/migrate.mjs", ...(isNew ? ["--new"] : [])]);
}

async function build() {
  const inputs = await hash(BUILD_INPUTS);
  if (text(join(root, BUILD_STAMP)) === inputs) return;
  say("Building the publisher (next build)");
  rmSync(join(root, BUILD_STAMP), { force: true });
  // The same wherever it is built, whichever Node does it.
  const version = (await hash(BUILD_INPUTS, "")).slice(0, 20);
  await mkdir(join(root, "build"), { recursive: true });
  writeFileSync(join(root, "build/version"), version);
  const env = environment({
    NODE_ENV: "production",
    // Names of server actions are salted with it: equal for equal builds. What is encrypted has another key at run
    // time, which publisher/main.ts gives.
    NEXT_SERVER_ACTIONS_ENCRYPTION_KEY: createHash("sha256").update(version).digest("base64"),
  });
  await run("next build", process.execPath, ["node_modules/next/dist/bin/next", "build"], {
    quiet: true,
    env,
  });
  await compress(join(root, ".next/static"), join(root, ".next/brotli"));
  writeFileSync(join(root, BUILD_STAMP), inputs);
}

/** Scripts and styles as Brotli beside the build (publisher/staticFiles.ts serves them), made once and thus as small as it gets. */
async function compress(from, to) {
  rmSync(to, { recursive: true, force: true });
  const names = readdirSync(from, { recursive: true }).filter((name) => /\.(js|css)$/.test(name));
  await Promise.all(
    names.map(async (name) => {
      const file = join(to, `${name}.br`);
      await mkdir(dirname(file), { recursive: true });
      writeFileSync(file, await promisify(brotliCompress)(await readFile(join(from, name))));
    }),
  );
}

/**
 * Our processes as one file each: they start in a third of the time that translating TypeScript while it is
 * imported takes, and run without the helpers that this leaves in the code.
 */
async function bundle() {
  const inputs = await hash(BUNDLE_INPUTS);
  if (text(join(root, BUNDLE_STAMP)) === inputs) return;
  rmSync(join(root, BUNDLE_STAMP), { force: true });
  const { build: esbuild } = await import("esbuild");
  const options = {
    absWorkingDir: root,
    outdir: "build",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    sourcemap: true,
    // Node reads a whole map at its start, and the sources lie here anyway.
    sourcesContent: false,
    logLevel: "silent",
  };
  try {
    await Promise.all([
      esbuild({ ...options, entryPoints: BUNDLES, packages: "external" }),
      esbuild({ ...options, entryPoints: WHOLE_BUNDLES, external: NOT_IN_BUNDLES, banner: { js: REQUIRE } }),
    ]);
  } catch (error) {
    throw new StepFailed(`Bundling failed: ${error.message}`);
  }
  writeFileSync(join(root, BUNDLE_STAMP), inputs);
}

async function hash(inputs, node = process.version) {
  const sum = createHash("sha256").update(node);
  for (const input of inputs) await addToHash(sum, input);
  return sum.digest("hex");
}

async function addToHash(sum, path) {
  if (path === "prisma/generated" || path === "prisma/migrations") return;
  const stats = statSync(join(root, path), { throwIfNoEntry: false });
  if (!stats) return;
  if (!stats.isDirectory()) {
    sum
      .update(`${path}\0`)
      .update(await readFile(join(root, path)))
      .update("\0");
    return;
  }
  for (const name of (await readdir(join(root, path))).sort()) await addToHash(sum, `${path}/${name}`);
}

/** For the three scripts: a failed step ends the process with one sentence instead of a stack. */
export async function prepareOrExit(names) {
  try {
    await prepare(names);
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    if (error.message) console.error(error.message);
    process.exit(error.exitCode);
  }
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const names = process.argv.slice(2).filter((argument) => argument !== "--new");
  const unknown = names.find((name) => !Object.hasOwn(steps, name));
  if (unknown) {
    console.error(`There is no step "${unknown}"; the steps are ${Object.keys(steps).join(", ")}.`);
    process.exit(1);
  }
  await prepareOrExit(names.length > 0 ? names : undefined);
}
