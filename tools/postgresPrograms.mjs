import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { aptInstall, canUseApt } from "./debian.mjs";

/** Where PostgreSQL's programs are; null where there are none. Debian has them out of the way, by version. */
export function postgresPrograms() {
  const versions = "/usr/lib/postgresql";
  const installed = existsSync(versions)
    ? readdirSync(versions)
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => join(versions, version, "bin"))
    : [];
  const folders = [...installed, ...(process.env.PATH ?? "").split(delimiter)];
  return (
    folders.find((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres"))) ??
    null
  );
}

/** Installs them where there are none and none are needed from elsewhere; tests without a server are skipped, and say so. */
export function installPostgres() {
  if (process.env.SLUICE_TEST_POSTGRES || postgresPrograms() || !canUseApt()) return;
  console.log("Installing PostgreSQL");
  aptInstall(["postgresql"]);
}
