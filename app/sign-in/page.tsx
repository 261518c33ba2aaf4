import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { SignInForm } from "#components/session/SignInForm";
import { safeTarget } from "#lib/access/users";
import { hasUsers } from "#prisma/access/accounts";
import { currentUser } from "../_server/session";

export const metadata: Metadata = { title: "Sign in" };

type Query = Promise<Record<string, string | string[] | undefined>>;

export default async function SignInPage({ searchParams }: { searchParams: Query }) {
  const query = await searchParams;
  const to = safeTarget(query.to);
  if (await currentUser()) redirect(to);
  if (!(await hasUsers())) redirect("/setup");
  return <SignInForm to={to} again={query.again !== undefined} />;
}
