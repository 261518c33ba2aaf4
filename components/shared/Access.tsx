"use client";
import { createContext, type ReactNode, useContext } from "react";
import { can, type Permission, type Role, whyNot } from "#lib/access/roles";

/** Who is signed in, for every page: from the root layout. */
export interface Me {
  username: string;
  role: Role;
}

const Context = createContext<Me | null>(null);

export function AccessProvider({ me, children }: { me: Me | null; children: ReactNode }) {
  return <Context value={me}>{children}</Context>;
}

/** What the signed-in user may. `reason` is "" when it is allowed. The server decides anew on every request. */
export function useAccess() {
  const me = useContext(Context);
  return {
    me,
    can: (permission: Permission) => me !== null && can(me.role, permission),
    reason: (permission: Permission) => {
      if (!me) return "You are signed out.";
      return can(me.role, permission) ? "" : whyNot(me.role, permission);
    },
  };
}
