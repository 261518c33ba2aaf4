import { DEFAULT_VALIDITY_SECONDS } from "#lib/access/oauth";
import { subscribedApi } from "#lib/access/tokens";
import { type ApiDefinition, allGroups } from "#lib/edit/api";
import type { KeyType } from "#lib/edit/endpoints";
import { getApi } from "../apis";
import { type Actor, writeAudit } from "../audit";
import { database } from "../db";
import type { Missing } from "../refusals";
import { issueToken } from "./signing";

/** A token with which a person tries one API out. */
export interface TestToken {
  keyType: KeyType;
  token: string;
  expiresAt: Date;
}

/** Room for scopes in a token, characters. */
const MAX_SCOPES = 1_500;

/** How long an internal key is good for, s: as long as WSO2's. */
export const INTERNAL_KEY_SECONDS = 60_000;

/**
 * A token for trying out one API, an hour long; an internal key is one for a header of its own. It names the API as the gateway knows it and holds its scopes and
 * audiences. Null where the API has no endpoint of this key type, so that no token would open it.
 */
export async function issueTestToken(
  apiId: string,
  keyType: KeyType,
  by: Actor,
  { internalKey = false } = {},
): Promise<{ ok: true; token: TestToken | null } | Missing> {
  const api = await getApi(apiId);
  if (!api) return { ok: false, kind: "missing" };
  const definition = api.live?.definition ?? api.definition;
  if (!allGroups(definition).some(({ groups }) => groups[keyType].enabled)) return { ok: true, token: null };
  const { token, expiresAt } = await issueToken(
    {
      keyType,
      clientId: `testkey:${by.username}`,
      subject: by.username,
      scopes: scopesOf(definition),
      audiences: definition.security.audiences.slice(0, 1),
      subscribedApis: [subscribedApi(definition)],
      validitySeconds: internalKey ? INTERNAL_KEY_SECONDS : DEFAULT_VALIDITY_SECONDS,
      internalKey,
    },
    new Date(),
  );
  const what = internalKey ? `an internal key (${keyType})` : `a ${keyType} test token`;
  const text = `Got ${what} for ${definition.name} ${definition.version}`;
  await writeAudit(database(), by, "api.testToken", apiId, text);
  return { ok: true, token: { keyType, token, expiresAt } };
}

/**
 * All of them. Where there is no room for that, one set of each operation comes first, its smallest: with half a set
 * nothing can be called.
 */
function scopesOf({ resources }: ApiDefinition): string[] {
  const held = new Set<string>();
  let room = MAX_SCOPES;
  const take = (set: readonly string[]) => {
    const more = set.filter((scope) => !held.has(scope));
    const size = more.reduce((sum, scope) => sum + scope.length + 1, 0);
    if (size > room) return;
    room -= size;
    for (const scope of more) held.add(scope);
  };
  for (const { scopes } of resources) {
    const [smallest] = [...scopes].sort((a, b) => a.length - b.length);
    if (smallest) take(smallest);
  }
  for (const { scopes } of resources) scopes.forEach(take);
  return [...held];
}
