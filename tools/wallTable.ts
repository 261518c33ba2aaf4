/** Who may import whom, room by room; walls.ts has what breaks it. */

export interface Room {
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
    room: "prisma/postgresql.ts",
    rooms: [...domain, "lib/node", "prisma"],
    packages: ["node", "pg", "@prisma/adapter-pg", "@prisma/driver-adapter-utils"],
    why: "What speaks to PostgreSQL is a bundle of its own: whoever stores in SQLite does not load it.",
  },
  {
    room: "prisma/databaseFeed.ts",
    rooms: [...domain, "lib/node", "prisma"],
    packages: ["node"],
    why: "The feed is all that a gateway may read: it reads, and nothing of a request is here.",
  },
  {
    room: "prisma/keptFeed.ts",
    rooms: [...domain, "lib/node", "prisma", "prisma/databaseFeed.ts"],
    packages: ["node"],
    why: "The feed with the gateway's own copy of it: it reads the database by the feed alone.",
  },
  {
    room: "prisma/presence.ts",
    rooms: [...domain, "lib/node", "prisma"],
    packages: ["node"],
    why: "Its own row is all that a gateway may write.",
  },
  {
    room: "gateway",
    rooms: [...domain, "lib/node"],
    packages: ["node", "zod", "jose", "saxes", "better-auth", "@peculiar/x509", "reflect-metadata"],
    why: `${apart} What it gets of the database is in lib/feed.ts.`,
  },
  {
    room: "gateway/reading/databaseThread.ts",
    rooms: [...domain, "lib/node", "gateway", "prisma/keptFeed.ts", "prisma/presence.ts"],
    packages: ["node"],
    why: `${apart} This thread alone has the database, and knows the feed and its own row alone.`,
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
    rooms: [...domain, "lib/node", "prisma", "e2e/together.ts"],
    packages: ["node", "better-auth"],
    why: `${outside} This file alone writes databases, in a process of its own.`,
  },
  {
    room: "e2e/together.ts",
    rooms: ["prisma"],
    packages: ["node"],
    why: `${outside} This file is a part of seed.ts.`,
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
