import { type EndpointGroups, effectiveGroup, keyTypes } from "#lib/edit/endpoints";

/** Whether the list of members is worth showing from the start. */
export const needsList = (groups: EndpointGroups) =>
  keyTypes.some((k) => effectiveGroup(groups, k).routing !== "single" || groups[k].endpoints.length > 1);
