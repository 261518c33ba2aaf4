import { existsSync, readFileSync } from "node:fs";
import { PHASE_PRODUCTION_BUILD } from "next/constants.js";

const textIn = (file) => (existsSync(file) ? readFileSync(file, "utf8").trim() : undefined);
/** What is to be built by tools/prepare.mjs, and what was built. */
const [wanted, built] = ["build/version", ".next/BUILD_ID"];

/**
 * Build and deployment have the name of what they were made of: to a browser two publishers of one version are one,
 * wherever they were built, and those of two versions are not.
 *
 * @returns {import('next').NextConfig}
 */
export default (phase) => ({
  deploymentId: textIn(phase === PHASE_PRODUCTION_BUILD ? wanted : built),
  generateBuildId: () => textIn(wanted) ?? null,
  poweredByHeader: false,
  reactStrictMode: true,
  experimental: {
    // A page is loaded when it is first asked for. All of them at the start take longer than the start itself, and a
    // hundred MiB of what may never be looked at.
    preloadEntriesOnStart: false,
    // Pages answer 403 to a role that may not see them (app/forbidden.tsx).
    authInterrupts: true,
    // A draft may hold an API definition of 10 MiB, which JSON's escapes make longer.
    serverActions: { bodySizeLimit: "16mb" },
    // Bodies pass proxy.ts, which would cut them off otherwise.
    proxyClientMaxBodySize: "32mb",
  },
  // Of what apictl uses, the versions of WSO2's REST APIs are the same.
  rewrites: async () => [
    { source: "/api/am/devportal/v2/:path*", destination: "/api/am/devportal/v3/:path*" },
    { source: "/api/am/publisher/:version(v2|v3)/:path*", destination: "/api/am/publisher/v4/:path*" },
  ],
  // Title and icon come with the page's head for everybody, not only for crawlers: a browser that does not find
  // the icon there asks for /favicon.ico.
  htmlLimitedBots: /.*/,
  // Hot reload for pages that are opened by address.
  allowedDevOrigins: ["127.0.0.1", "[::1]"],
  // Types are checked by `npm run typecheck`, tests and scripts included; a start needs none of that.
  typescript: { ignoreBuildErrors: true },
  // The native SQLite driver and Prisma's WebAssembly engine are loaded by Node, not bundled.
  serverExternalPackages: ["@prisma/client", "@prisma/adapter-better-sqlite3", "better-sqlite3"],
});
