"use server";
import { fetchText } from "../../_server/fetchText";
import { failed, guarded } from "../../_server/guard";

/** The text at a URL, fetched from the publisher's place in the network. */
export async function fetchDefinition(input: unknown) {
  return guarded("Fetching a definition", "api.edit", async (user) => {
    const fetched = await fetchText(input, user.userId);
    return fetched.ok ? fetched : failed(fetched.message);
  });
}
