import {
  type EndpointGroups,
  effectiveGroup,
  endpointsInUse,
  type KeyType,
  newGroups,
} from "#lib/edit/endpoints";
import { endpointLabel } from "#lib/model/url";

export const noEndpoints: EndpointGroups = newGroups();

const SHOWN = 3;

/** What an operation does for a key type that has no endpoints of its own. */
export function inheritedWords(ofApi: EndpointGroups, keyType: KeyType): string {
  const group = effectiveGroup(ofApi, keyType);
  const urls = endpointsInUse(group).filter((e) => e.url.trim() !== "");
  if (!group.enabled || urls.length === 0) return `Not ticked, and the API has no ${keyType} endpoints.`;
  const more = urls.length > SHOWN ? ` and ${urls.length - SHOWN} more` : "";
  const names = urls.slice(0, SHOWN).map((e) => endpointLabel(e.url));
  return `Inherits the API's ${keyType} endpoints: ${names.join(", ")}${more}`;
}
