import type { KeyType } from "#lib/endpoints";

export const keyTypeTitles: Record<KeyType, string> = { production: "Production", sandbox: "Sandbox" };
