import type { EndpointSecurity } from "../edit/endpointSecurity";
import {
  type EndpointGroup,
  type EndpointGroups,
  effectiveGroup,
  type KeyType,
  keyTypes,
} from "../edit/endpoints";
import { isPlainMap, type Plain, type PlainMap } from "../text/source";
import { type EndpointObject, readEndpointObject, writeEndpointObject } from "./endpointObject";
import {
  applied,
  differs,
  emptyGroup,
  objectOf,
  ownKey,
  plainEndpoint,
  SEPARATE_KEY,
  spokenUrls,
  wsoKey,
} from "./groups";
import { Notes } from "./notes";
import { SECRET_IS_SET } from "./openapiReading";
import { difference } from "./overlay";
import { ownSecrets } from "./secrets";

/**
 * The extensions that say what two groups are, each key with its value or undefined where it must not stand: WSO2's
 * own as far as they reach, and beside them what they cannot say. `shadowed`: a key that is left out would be read
 * from elsewhere (the path, `servers`), so that even an empty group has to be written.
 */
export function groupExtensions(
  groups: EndpointGroups,
  existing: PlainMap,
  shadowed: Record<KeyType | "separate", boolean>,
): Record<string, Plain | undefined> {
  const result: Record<string, Plain | undefined> = {};
  const objects: Partial<Record<KeyType, EndpointObject>> = {};
  for (const keyType of keyTypes) {
    const group = groups[keyType];
    const effective = effectiveGroup(groups, keyType);
    const urls = group.enabled ? spokenUrls(effective.routing, group.endpoints) : [];
    const own = keyType === "production" || groups.sandboxSeparate;
    const object = urls.length > 0 ? writeEndpointObject(effective, urls) : undefined;
    const said = object && readEndpointObject(object, [], new Map(), Notes.silent());
    objects[keyType] = said;
    const base = said ? applied(emptyGroup, said, own, group.security, false) : emptyGroup;
    const extra = ownPart(base, group, urls);
    if (!said && (group.enabled || shadowed[keyType] || Object.keys(extra).length > 0)) {
      extra.enabled = group.enabled;
    }
    result[wsoKey(keyType)] = object && { ...unknownPart(existing[wsoKey(keyType)]), ...object };
    result[ownKey(keyType)] = Object.keys(extra).length > 0 ? extra : undefined;
  }
  const { sandbox } = objects;
  const inferred =
    sandbox !== undefined && differs(objects.production ?? objectOf(groups.production), sandbox);
  const flag = groups.sandboxSeparate || inferred || shadowed.separate;
  result[SEPARATE_KEY] = flag ? groups.sandboxSeparate : undefined;
  return result;
}

/** What the WSO2 part, read by itself, leaves unsaid of a group. */
function ownPart(base: EndpointGroup, group: EndpointGroup, urls: readonly string[]): PlainMap {
  const part = difference({ ...base, endpoints: [] }, { ...group, endpoints: [] });
  delete part.enabled;
  if (isPlainMap(part.security)) part.security = withMarks(part.security, group.security);
  const entries = group.endpoints.map((e) => ({
    url: e.url,
    ...difference({ ...plainEndpoint, id: e.id, url: e.url }, e),
  }));
  const plain = entries.every((e, i) => Object.keys(e).length === 1 && e.url === urls[i]);
  if (!plain || entries.length !== urls.length) part.endpoints = entries;
  return part;
}

/** Secrets stay here: the text says only that there is one. */
function withMarks(part: PlainMap, security: EndpointSecurity): PlainMap {
  const result = { ...part };
  for (const [kind, field] of ownSecrets) {
    const login = result[kind];
    if (!isPlainMap(login) || login[field] === undefined) continue;
    const ref = (security[kind] as Record<string, unknown>)[field];
    result[kind] = { ...login, [field]: ref === null ? null : SECRET_IS_SET };
  }
  return result;
}

/** What somebody else wrote into an endpoint object. */
function unknownPart(existing: Plain | undefined): PlainMap {
  if (!isPlainMap(existing)) return {};
  const { urls: _u, type: _t, advanceEndpointConfig: _a, securityConfig: _s, ...rest } = existing;
  return rest;
}
