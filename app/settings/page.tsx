import { redirect } from "next/navigation";
import { requirePage } from "../_server/guard";

export default async function Settings() {
  await requirePage("settings.manage");
  redirect("/settings/users");
}
