import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { keepFile, UnusableFolder } from "./dataFolder";

/** By what a gateway is known among others, also after it was started again. */

/** Also the name of a file, so neither `.` nor `..`. */
export const GatewayId = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    "must have 1 to 64 letters, digits, dots, hyphens and underscores, the first a letter or digit",
  );

/**
 * The gateway's id: the given one, else that of `gateway.id` in the data folder, which is made once. A gateway that
 * cannot keep its id serves all the same: it has one until it ends, and `problem` is a sentence that says why.
 */
export function gatewayId(folder: string, given: string | undefined): { id: string; problem: string | null } {
  if (given) return { id: given, problem: null };
  const file = join(folder, "gateway.id");
  const found = readId(file);
  if (found !== undefined) return { id: found, problem: null };
  const made = `gw-${randomBytes(5).toString("hex")}`;
  try {
    // Perhaps another process has made one at the same moment. One that is cut off is nobody's.
    keepFile(file, made, { replace: false, mode: 0o644 });
    const kept = readId(file);
    if (kept !== undefined) return { id: kept, problem: null };
    keepFile(file, made, { replace: true, mode: 0o644 });
    return { id: made, problem: null };
  } catch (error) {
    if (!(error instanceof UnusableFolder)) throw error;
    return {
      id: made,
      problem: `The gateway has another id at each start: ${error.message} Or set GATEWAY_ID.`,
    };
  }
}

/** What the file says; undefined where there is none, or no id in it. */
function readId(file: string): string | undefined {
  try {
    return GatewayId.safeParse(readFileSync(file, "utf8").trim()).data;
  } catch {
    return undefined;
  }
}
