import { redirect } from "next/navigation";
import { requirePage } from "../../guard";

export default async function Create() {
  await requirePage("api.edit");
  redirect("/apis/create/rest");
}
