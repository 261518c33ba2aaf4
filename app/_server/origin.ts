import { headers } from "next/headers";

/** Where this publisher is reached, by the request's own words, which publisher/frontDoor.ts has checked. */
export async function publisherUrl(): Promise<string> {
  const given = await headers();
  const host = given.get("x-forwarded-host")?.split(",")[0]?.trim() || given.get("host");
  return `${given.get("x-sluice-https") === "1" ? "https" : "http"}://${host}`;
}
