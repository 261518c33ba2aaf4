import { headers } from "next/headers";
import { cameSecurely } from "./caller";

/** Where this publisher is reached, by the request's own words, which publisher/frontDoor.ts has checked. */
export async function publisherUrl(): Promise<string> {
  const given = await headers();
  const host = given.get("x-forwarded-host")?.split(",")[0]?.trim() || given.get("host");
  return `${cameSecurely(given) ? "https" : "http"}://${host}`;
}
