import type { Problem } from "#lib/edit/api";
import type { EndpointGroups, KeyType } from "#lib/edit/endpoints";

export const titles: Record<KeyType, string> = { production: "Production", sandbox: "Sandbox" };

export const topFieldId = (keyType: KeyType) => `${keyType}_endpoints`;
export const rowFieldId = (keyType: KeyType, id: string, field: string) =>
  `${keyType}-endpoint-${id}-${field}`;

export interface FieldPlace {
  id: string;
  /** The accordion that has to be open for it. */
  panel?: "list" | "general";
}

/** The field to go to for a problem. Undefined when the problem has no field on this page. */
export function fieldOf({ path }: Problem, groups: EndpointGroups): FieldPlace | undefined {
  const [root, keyType, list, index, field] = path;
  if (root === "limits") return { id: `limits-${keyType}`, panel: "general" };
  if (root !== "endpoints" || (keyType !== "production" && keyType !== "sandbox")) {
    return path.length === 1 && root === "endpoints" ? { id: "production-endpoint-checkbox" } : undefined;
  }
  if (list === "security") return { id: `${keyType}_endpoints-endpoint-security-icon-btn` };
  if (list !== "endpoints") {
    const names = path.slice(1).filter((part) => typeof part === "string");
    return { id: names.join("-"), panel: "general" };
  }
  // A field of an unticked key type takes no focus.
  if (!groups[keyType].enabled) return { id: `${keyType}-endpoint-checkbox` };
  if (typeof index !== "number") return { id: topFieldId(keyType) };
  if (index === 0 && field === "url") return { id: topFieldId(keyType) };
  const endpoint = groups[keyType].endpoints[index];
  const control = field === "settings" ? "config" : String(field);
  return endpoint && { id: rowFieldId(keyType, endpoint.id, control), panel: "list" };
}
