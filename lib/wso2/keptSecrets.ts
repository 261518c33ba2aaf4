import type { ApiDefinition } from "../edit/api";
import type { EndpointGroups, KeyType } from "../edit/endpoints";

/** Exports hold no secrets, so that importing one again keeps those that are stored for the same login. */
export function withSecrets(groups: EndpointGroups, present: ApiDefinition | undefined): EndpointGroups {
  if (!present) return groups;
  const keep = (keyType: KeyType) => {
    const [now, before] = [groups[keyType].security, present.endpoints[keyType].security];
    const next = {
      ...now,
      basic: { ...now.basic },
      digest: { ...now.digest },
      oauth2: { ...now.oauth2 },
      apiKey: { ...now.apiKey },
    };
    if (now.basic.username === before.basic.username) next.basic.password ??= before.basic.password;
    if (now.digest.username === before.digest.username) next.digest.password ??= before.digest.password;
    if (now.oauth2.clientId === before.oauth2.clientId && now.oauth2.tokenUrl === before.oauth2.tokenUrl) {
      next.oauth2.clientSecret ??= before.oauth2.clientSecret;
      if (now.oauth2.username === before.oauth2.username) next.oauth2.password ??= before.oauth2.password;
    }
    if (now.apiKey.name === before.apiKey.name) next.apiKey.value ??= before.apiKey.value;
    return { ...groups[keyType], security: next };
  };
  return { ...groups, production: keep("production"), sandbox: keep("sandbox") };
}
