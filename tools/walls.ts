/**
 * Who may import whom: one table, and what breaks it. `e2e/lib/walls.spec.ts` holds the tree to it. Imports of types
 * count too: who names another's type knows it, and has to change with it.
 */
import { circles } from "./importCircles";
import { SOURCE, type Tree } from "./sourceTree";

interface Room {
  /** A folder, or a single file. The longest that fits a file is its room. */
  room: string;
  /** Other rooms that it may import, each without the rooms inside it. */
  rooms: readonly string[];
  /** Packages, without what is below their names. "node" is all of node itself. */
  packages: readonly string[];
  /** Told to whoever breaks it. */
  why: string;
}

const domain = ["lib", "lib/schemas", "lib/model", "lib/traffic/algorithms", "lib/traffic/algorithms.ts"];

const pure = "lib/ is what publisher, gateway and browser share: small pure libraries, and no node.";
const apart =
  "The gateway runs without Next and React; it meets the publisher in the database and the admin interface only.";
const browser =
  "components/ runs in the browser and gets data and actions as props: of our code it imports lib/ only.";
const outside = "e2e drives the product from outside: HTTP, browser, processes; lib/ it tests as it is.";

export const table: readonly Room[] = [
  {
    room: "lib/model",
    rooms: [],
    packages: [],
    why: "lib/model holds constants and plain types: everything imports it, so it imports nothing.",
  },
  {
    room: "lib/traffic/algorithms",
    rooms: ["lib/model"],
    packages: ["zod"],
    why: "An algorithm brings everything of its own with it, and is asked by schemas, forms and the gateway.",
  },
  {
    room: "lib/traffic/algorithms.ts",
    rooms: ["lib/model", "lib/traffic/algorithms"],
    packages: [],
    why: "The list of the algorithms is read by schemas, too: it knows them and nothing else.",
  },
  {
    room: "lib/schemas",
    rooms: ["lib/model", "lib/traffic/algorithms.ts"],
    packages: ["zod"],
    why: "lib/schemas is the form of documents and nothing that is done with them: pages load it only where they parse.",
  },
  { room: "lib", rooms: domain, packages: ["zod", "yaml"], why: pure },
  {
    room: "lib/node",
    rooms: domain,
    packages: ["node", "zod"],
    why: "lib/node is what our processes share of node itself: of our code it imports lib/ only.",
  },
  {
    room: "prisma",
    rooms: [...domain, "lib/node"],
    packages: [
      "node",
      "zod",
      "jose",
      "@prisma/adapter-better-sqlite3",
      "@prisma/driver-adapter-utils",
      "@prisma/schema-engine-wasm",
    ],
    why: "prisma/ stores and reads for publisher and gateway alike: of our code it imports lib/ only.",
  },
  {
    room: "prisma/databaseFeed.ts",
    rooms: [...domain, "lib/node", "prisma"],
    packages: ["node"],
    why: "The feed is all that a gateway may read: it reads, and nothing of a request is here.",
  },
  {
    room: "gateway",
    rooms: [...domain, "lib/node"],
    packages: ["node", "zod", "jose", "saxes", "better-auth", "@peculiar/x509", "reflect-metadata"],
    why: `${apart} What it gets of the database is in lib/feed.ts.`,
  },
  {
    room: "gateway/reading/databaseThread.ts",
    rooms: [...domain, "lib/node", "gateway", "prisma/databaseFeed.ts"],
    packages: ["node"],
    why: `${apart} This thread alone has the database, and knows the feed alone.`,
  },
  {
    room: "gateway/backends/wire.ts",
    rooms: [...domain, "lib/node"],
    packages: ["node", "undici"],
    why: `${apart} It alone opens connections to backends, and alone imports undici, for TLS under HTTP/1.1: timeouts and sessions are handled once.`,
  },
  {
    room: "gateway/backends/join.ts",
    rooms: [...domain, "lib/node"],
    packages: ["node", "http-proxy"],
    why: `${apart} It alone imports http-proxy, which is for WebSocket upgrades and fails in many ways with plain HTTP.`,
  },
  {
    room: "publisher",
    rooms: [...domain, "lib/node", "prisma"],
    packages: ["node", "zod", "next", "better-auth"],
    why: "publisher/ is the process around Next: pages and components are Next's to load.",
  },
  {
    room: "app",
    rooms: [...domain, "lib/node", "prisma", "components", "publisher/config.ts"],
    packages: [
      ...["node", "zod", "jose", "better-auth", "yauzl", "yazl"],
      ...["react", "next"],
      ...["@mui/material-nextjs", "@fontsource-variable/roboto"],
    ],
    why: "The publisher meets the gateway in the database and the admin interface only, and is not loaded by its pages but for its configuration.",
  },
  {
    room: "publisher/config.ts",
    rooms: [...domain, "lib/node"],
    packages: ["zod"],
    why: "Read by app/ too.",
  },
  {
    room: "components",
    rooms: domain,
    packages: [
      ...["react", "next"],
      ...["@mui/material", "@mui/icons-material", "@mui/x-charts", "@atlaskit/pragmatic-drag-and-drop"],
      ...["commands", "lang-yaml", "language", "lint", "state", "view"].map((name) => `@codemirror/${name}`),
      "@lezer/highlight",
    ],
    why: browser,
  },
  {
    room: "cli",
    rooms: domain,
    packages: ["node", "commander", "yazl"],
    why: "The command line talks to the publisher by HTTP, as any other client does.",
  },
  {
    room: "bin",
    rooms: ["tools", "build"],
    packages: [],
    why: "bin/ prepares the clone and hands over to the bundle of cli/.",
  },
  {
    room: "tools",
    rooms: [...domain, "lib/node", "prisma", "build"],
    packages: ["node", "autocannon", "esbuild", "playwright", "undici"],
    why: "tools/ starts, tests and measures the product, as processes; nothing of it is the product.",
  },
  {
    room: "e2e",
    rooms: [...domain, "lib/node", "tools"],
    packages: [
      ...["node", "@playwright/test", "axe-core", "fast-check", "@grpc/grpc-js"],
      ...["esbuild", "jose", "ws", "yauzl", "yazl", "zod", "better-auth"],
      ...["puppeteer-core", "selenium-webdriver", "@peculiar/x509", "reflect-metadata"],
    ],
    why: outside,
  },
  {
    room: "e2e/seed.ts",
    rooms: [...domain, "lib/node", "prisma"],
    packages: ["node", "better-auth"],
    why: `${outside} This file alone writes databases, in a process of its own.`,
  },
  {
    room: "docs",
    rooms: [],
    packages: ["node", "@grpc/grpc-js", "yazl"],
    why: "Examples to try the product with are somebody else's programs.",
  },
  {
    room: "e2e/gateway/http1Readers.ts",
    rooms: [...domain, "lib/node", "gateway"],
    packages: ["node"],
    why: `${outside} This file alone loads our reader of answers, which is shown more beside node's than passes by sockets.`,
  },
  {
    room: "e2e/gateway/node-tricks.spec.ts",
    rooms: [...domain, "lib/node", "gateway", "e2e"],
    packages: ["node", "@playwright/test"],
    why: `${outside} This file shows nodeTricks.ts to bare servers of node, and nothing else of the gateway.`,
  },
  {
    room: "",
    rooms: ["e2e"],
    packages: ["node", "next", "zod", "prisma", "@playwright/test"],
    why: "A file at the root is a tool's configuration, or one that Next wants there.",
  },
];

/** What Next and processes call theirs, or lists of what is beside them. */
const COMMON_NAMES = new Set(["page", "layout", "route", "actions", "error", "index", "main", "config"]);
const ALIASES: Readonly<Record<string, string>> = { lib: ".ts", prisma: ".ts", components: ".tsx" };
/** Everything in the tree that breaks a rule of this file, each in one sentence. */
export function findings(tree: Tree): string[] {
  const graph = new Map<string, string[]>();
  const found: string[] = [];
  for (const [file, text] of tree) {
    const targets: string[] = [];
    for (const specifier of specifiers(text)) {
      const target = resolved(specifier, file, tree);
      if (target !== null && tree.has(target)) targets.push(target);
      const problem = importProblem(file, specifier, target);
      if (problem) found.push(`${file} imports "${specifier}": ${problem}`);
    }
    graph.set(file, targets);
  }
  return [...found, ...circles(graph), ...sharedNames(tree)];
}

const IMPORTS = [
  /^(?:import|export)\s[^"';]*?\bfrom\s+"([^"]+)"/gm,
  /^import\s+"([^"]+)"/gm,
  /\bimport\(\s*"([^"]+)"\s*[,)]/g,
  /\bnew URL\(\s*"(\.[^"]+)",\s*import\.meta\.url\s*\)/g,
];

/** What a file imports, in the form that our formatter gives imports. */
function specifiers(text: string): string[] {
  return IMPORTS.flatMap((form) => [...text.matchAll(form)].map(([, specifier]) => specifier!));
}

/** The file of our own that is meant; null for a package. */
function resolved(specifier: string, from: string, tree: Tree): string | null {
  let path: string;
  if (specifier.startsWith("#")) path = specifier.slice(1);
  else if (specifier.startsWith("."))
    path = normalized([...from.split("/").slice(0, -1), ...specifier.split("/")]);
  else return null;
  return ["", ".ts", ".tsx", ".mts"].map((ending) => path + ending).find((name) => tree.has(name)) ?? path;
}

function normalized(parts: readonly string[]): string {
  const kept: string[] = [];
  for (const part of parts) {
    if (part === "..") kept.pop();
    else if (part !== ".") kept.push(part);
  }
  return kept.join("/");
}

function importProblem(file: string, specifier: string, target: string | null): string | undefined {
  const own = roomOf(file);
  if (target === null) {
    const name = packageOf(specifier);
    return own.packages.includes(name) ? undefined : `${name} is none of its packages. ${own.why}`;
  }
  // Not source: a package.json, a lockfile, a file that a test reads.
  if (/\.(json|grit|db)$/.test(target)) return undefined;
  const other = target.startsWith("build/") ? "build" : roomOf(target).room;
  const inside = folderOf(other) === folderOf(own.room);
  if (!inside && !own.rooms.includes(other))
    return `${other || "the root"} is not for ${own.room || "the root"}. ${own.why}`;
  return aliasProblem(file, specifier, target);
}

function aliasProblem(file: string, specifier: string, target: string): string | undefined {
  const [top = ""] = target.split("/");
  if (specifier.startsWith("#") || file.startsWith(`${top}/`)) return undefined;
  const ending = ALIASES[top];
  if (ending === undefined || !target.endsWith(ending)) return undefined;
  return `another folder is imported by its alias (#${top}/...), so that files can move.`;
}

function roomOf(path: string): Room {
  const fits = table.filter(({ room }) => room === "" || path === room || path.startsWith(`${room}/`));
  return fits.reduce((longest, one) => (one.room.length > longest.room.length ? one : longest));
}

/** A file that is a room of its own is still at home in its folder's. */
function folderOf(room: string): string {
  if (!SOURCE.test(room)) return room;
  const folders = table
    .map((one) => one.room)
    .filter((one) => !SOURCE.test(one) && room.startsWith(`${one}/`));
  return folders.reduce((longest, one) => (one.length > longest.length ? one : longest), "");
}

function packageOf(specifier: string): string {
  if (specifier.startsWith("node:")) return "node";
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

/** Two files of one name send whoever looks for one to the other. Tests are named after what they test. */
function sharedNames(tree: Tree): string[] {
  const byName = new Map<string, string[]>();
  for (const path of tree.keys()) {
    if (path.startsWith("e2e/") || path.endsWith(".d.mts")) continue;
    const name = path.slice(path.lastIndexOf("/") + 1).replace(SOURCE, "");
    if (!COMMON_NAMES.has(name)) byName.set(name, [...(byName.get(name) ?? []), path]);
  }
  return [...byName.values()]
    .filter((paths) => paths.length > 1)
    .map((paths) => `Two files have one name; let each say what it is: ${paths.sort().join(", ")}`);
}
