import type { Settings } from "../schemas/installation";

export type { Settings } from "../schemas/installation";

/** What a setting does, as the audit list and the pages call it. */
export const settingWords: Record<keyof Settings, string> = {
  viewersReadProduction: "Viewers may send GET and HEAD to production",
};
