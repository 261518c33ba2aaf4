/**
 * Loaded into a gateway before its own code: makes the handler named in a file throw. Not
 * part of the product; `gateway/boundary.ts` asks for nothing but a function of this name.
 */
import { readFileSync } from "node:fs";

const file = process.env.TRIP_FILE;
globalThis.sluiceTrip = (point) => {
  if (readFileSync(file, "utf8") !== point) return;
  throw new Error(`tripped: ${point}`);
};
