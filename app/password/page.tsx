import type { Metadata } from "next";
import { PasswordForm } from "#components/session/PasswordForm";
import { requirePage } from "../_server/guard";
import { changePassword } from "../_server/sessionActions";

export const metadata: Metadata = { title: "Change password" };

export default async function PasswordPage() {
  await requirePage("api.read");
  return <PasswordForm onChange={changePassword} />;
}
