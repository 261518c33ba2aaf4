import { spawnSync } from "node:child_process";
import { root } from "../processes";

/** Brings a database to the present schema as `npm start` does; resolves with what went wrong, "" for nothing. */
export async function migrated(url: string): Promise<string> {
  const { status, stderr } = spawnSync(process.execPath, ["build/migrate.mjs"], {
    cwd: root,
    env: { ...process.env, DATABASE_URL: url },
  });
  return status === 0 ? "" : String(stderr);
}
