/** @type {import('next').NextConfig} */
export default {
  poweredByHeader: false,
  reactStrictMode: true,
  // Hot reload for pages that are opened by address.
  allowedDevOrigins: ["127.0.0.1", "[::1]"],
  // Types are checked by `npm run typecheck`, tests and scripts included; a start needs none of that.
  typescript: { ignoreBuildErrors: true },
  // The native SQLite driver and Prisma's WebAssembly engine are loaded by Node, not bundled.
  serverExternalPackages: ["@prisma/client", "@prisma/adapter-better-sqlite3", "better-sqlite3"],
};
