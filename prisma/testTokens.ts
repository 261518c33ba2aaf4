import { type ApiDefinition, allGroups } from "#lib/api";
import { type KeyType, keyTypes } from "#lib/endpoints";
import { DEFAULT_VALIDITY_SECONDS } from "#lib/oauth";
import { subscribedApi } from "#lib/tokens";
import { type Actor, writeAuditOnce } from "./audit";
import { database } from "./db";
import { issueToken } from "./signing";
import { getApi, type Missing } from "./store";

/** A token with which a person tries one API out. */
export interface TestToken {
  keyType: KeyType;
  token: string;
  expiresAt: Date;
}

/** Room for scopes in a token, characters. */
const MAX_SCOPES = 1_500;

/**
 * Tokens for trying out one API, an hour long, for those of the wanted key types that have endpoints. They name the
 * API as the gateway knows it and hold its scopes and audiences.
 */
export async function issueTestTokens(
  apiId: string,
  wanted: readonly KeyType[],
  by: Actor,
): Promise<{ ok: true; tokens: TestToken[] } | Missing> {
  const api = await getApi(apiId);
  if (!api) return { ok: false, kind: "missing" };
  const definition = api.live?.definition ?? api.definition;
  const served = keyTypes.filter(
    (k) => wanted.includes(k) && allGroups(definition).some(({ groups }) => groups[k].enabled),
  );
  const tokens: TestToken[] = [];
  for (const keyType of served) {
    const { token, expiresAt } = await issueToken(
      {
        keyType,
        clientId: `testkey:${by.username}`,
        subject: by.username,
        scopes: scopesOf(definition),
        audiences: definition.security.audiences.slice(0, 1),
        subscribedApis: [subscribedApi(definition)],
        validitySeconds: DEFAULT_VALIDITY_SECONDS,
      },
      new Date(),
    );
    tokens.push({ keyType, token, expiresAt });
  }
  if (served.length > 0) {
    const text = `Got ${served.join(" and ")} test tokens for ${definition.name} ${definition.version}`;
    // Pages get tokens when they are opened: one line tells of all that may live at a time.
    await writeAuditOnce(database(), DEFAULT_VALIDITY_SECONDS * 1_000, by, "api.testToken", apiId, text);
  }
  return { ok: true, tokens };
}

function scopesOf({ resources }: ApiDefinition): string[] {
  let room = MAX_SCOPES;
  return [...new Set(resources.flatMap(({ scopes }) => scopes))].filter((scope) => {
    room -= scope.length + 1;
    return room >= 0;
  });
}
