import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { SetupForm } from "#components/session/SetupForm";
import { hasUsers } from "#prisma/access/accounts";
import { createAdministrator } from "../_server/sessionActions";

export const metadata: Metadata = { title: "Create the administrator account" };

export default async function SetupPage() {
  if (await hasUsers()) redirect("/sign-in");
  return <SetupForm onCreate={createAdministrator} />;
}
