/**
 * `npm run lockfile`: adds to package-lock.json the binary packages of other platforms that npm left out. A registry
 * that does not carry them (ours has no @next/swc-darwin-*) makes `npm install` write a lockfile that `npm ci` then
 * refuses, here and everywhere. To be run after a package was added or updated with such a registry. The entries
 * have no integrity hash, as nothing was downloaded to take one from.
 */
import { readFileSync, writeFileSync } from "node:fs";

const file = new URL("../package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(file, "utf8"));
const { packages } = lock;

for (const [path, { optionalDependencies = {}, dev }] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const os = /android|darwin|freebsd|linux|win32/.exec(name)?.[0];
    const cpu = /arm64|x64|ia32|arm/.exec(name)?.[0];
    const present = packages[`${path}/node_modules/${name}`] ?? packages[`node_modules/${name}`];
    // An exact version and a platform in the name: one of a package's binaries, never an ordinary dependency.
    if (!os || !cpu || !/^\d/.test(version) || present?.version === version) continue;
    packages[`node_modules/${name}`] = {
      version,
      cpu: [cpu],
      ...(dev ? { dev } : {}),
      ...(name.endsWith("-musl") ? { libc: ["musl"] } : {}),
      optional: true,
      os: [os],
    };
    console.log(`Added ${name}@${version}`);
  }
}

lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
