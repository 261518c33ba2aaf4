import type { Role } from "#lib/access/roles";
import type { IssuerInput } from "#lib/access/tokens";
import type { CheckResult } from "#lib/status";
import type { Failed } from "../shared/actionResults";

export interface User {
  id: string;
  username: string;
  role: Role;
  disabled: boolean;
}

type Done = { ok: true } | Failed;

/** The server's actions on users. */
export interface UserActions {
  onAdd: (input: { username: string; password: string; role: Role }) => Promise<Done>;
  onRole: (id: string, role: Role) => Promise<Done>;
  onDisable: (id: string, disabled: boolean) => Promise<Done>;
  onPassword: (id: string, password: string) => Promise<Done>;
  onDelete: (id: string) => Promise<Done>;
}

/** Somebody else's tokens that are accepted. */
export interface Issuer extends IssuerInput {
  id: string;
  /** Why the gateway could not read its keys the last time; null when it could, or when that is not known. */
  gatewayProblem: string | null;
}

/** The server's actions on token issuers. */
export interface IssuerActions {
  onSave: (input: IssuerInput, id?: string) => Promise<Done>;
  onDelete: (id: string) => Promise<Done>;
  onCheck: (jwksUrl: string) => Promise<({ ok: true } & CheckResult) | Failed>;
}

/** Takes the row of a gateway away that does not answer. */
export type Forget = (id: string) => Promise<Done>;
