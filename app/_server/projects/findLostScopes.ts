import { createHash } from "node:crypto";
import { type AskedScopes, lostScopes } from "#lib/access/lostScopes";
import type { ApiDefinition } from "#lib/edit/api";
import { asked } from "./understand";

/** Documents whose answers are remembered: pages ask again and again, and reading takes up to ten seconds. */
const MAX_REMEMBERED = 200;
const remembered = new Map<string, Promise<AskedScopes[]>>();

/** Scopes that the document of an API asks for and that are not enforced. Never fails: what cannot be read asks for none. */
export async function findLostScopes(definition: ApiDefinition): Promise<AskedScopes[]> {
  if (definition.openapi === "") return [];
  const key = createHash("sha256").update(definition.openapi).digest("base64");
  let found = remembered.get(key);
  if (!found) {
    found = asked(definition.openapi);
    remembered.set(key, found);
    // A reading that took too long may go well next time.
    found.catch(() => remembered.delete(key));
    if (remembered.size > MAX_REMEMBERED) remembered.delete(remembered.keys().next().value!);
  }
  return lostScopes(definition, await found.catch(() => []));
}
