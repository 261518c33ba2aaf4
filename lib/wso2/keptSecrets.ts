import type { ApiDefinition } from "../edit/api";
import { securityKindName, securityProblems } from "../edit/endpointSecurity";
import { type EndpointGroups, type KeyType, keyTypes } from "../edit/endpoints";
import type { Notes } from "./projectNotes";

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

/** Tells where api.yaml's kind of security (`said`) lacks what requests need. The definition's own is told with it. */
export function warnOfMissing(
  groups: EndpointGroups,
  said: EndpointGroups,
  { notes, place }: { notes: Notes; place: string },
): void {
  for (const keyType of keyTypes) {
    const { security } = groups[keyType];
    if (said[keyType].security.kind !== security.kind || securityProblems(security).length === 0) continue;
    const kind = securityKindName(security.kind);
    notes.warn(
      `${place}.endpoint_security.${keyType}`,
      `Enter the ${keyType} endpoint's credentials (${kind}): the file does not hold them all.`,
    );
  }
}
