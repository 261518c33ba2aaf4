import type { KeyType } from "#lib/edit/endpoints";

export const keyTypeTitles: Record<KeyType, string> = { production: "Production", sandbox: "Sandbox" };
