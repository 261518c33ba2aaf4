import * as z from "zod";

/** What holds for the whole installation, and administrators change on the pages. Stored by name. */
export const Settings = z.object({
  /** Viewers may send GET and HEAD to production in Try Out. */
  viewersReadProduction: z.boolean().catch(false).default(false),
});
export type Settings = z.infer<typeof Settings>;
