/** Roles from the most to the least powerful (docs/rules/publisher.md section 7). */
export const roles = ["admin", "publisher", "creator", "viewer"] as const;
export type Role = (typeof roles)[number];
