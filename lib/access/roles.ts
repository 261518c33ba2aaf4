import { type Role, roles } from "../model/roleNames";

export { type Role, roles } from "../model/roleNames";

export const roleWords: Record<Role, string> = {
  admin: "Everything, users and settings included",
  publisher: "Edits, deploys and deletes APIs, manages applications",
  creator: "Creates and edits APIs, deploys nothing",
  viewer: "Reads, and tries APIs out in the sandbox",
};

interface Rule {
  roles: readonly Role[];
  /** Goes on after "may not". */
  words: string;
}

/**
 * Who may do what: the only place that says so. Deleting an API is not editing: it takes a live API off the
 * gateway, so it needs the role that deploys.
 */
const rules = {
  "api.read": { roles, words: "see APIs" },
  "api.edit": { roles: ["admin", "publisher", "creator"], words: "change APIs" },
  "api.deploy": { roles: ["admin", "publisher"], words: "deploy APIs" },
  "api.delete": { roles: ["admin", "publisher"], words: "delete APIs" },
  "application.read": { roles, words: "see applications" },
  "application.manage": { roles: ["admin", "publisher"], words: "change applications" },
  "settings.manage": { roles: ["admin"], words: "change settings" },
  "users.manage": { roles: ["admin"], words: "manage users" },
  "audit.read": { roles: ["admin"], words: "see the audit list" },
} as const satisfies Record<string, Rule>;

export type Permission = keyof typeof rules;
export const permissions = Object.keys(rules) as Permission[];

export function can(role: Role, permission: Permission): boolean {
  return (rules[permission].roles as readonly Role[]).includes(role);
}

/** Told to whoever has no session any more; the pages add the way to a new one. */
export const signedOutWords = "You are signed out. Sign in again, then repeat this.";

/** The reason for people why a role may not: "Your role (viewer) may not change APIs. Ask a ...". */
export function whyNot(role: Role, permission: Permission): string {
  const { roles: holders, words } = rules[permission];
  const others = holders.length > 1 ? `${holders.slice(0, -1).join(", ")} or ${holders.at(-1)}` : holders[0];
  return `Your role (${role}) may not ${words}; ${others} may.`;
}
