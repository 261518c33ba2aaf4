import type { Metadata } from "next";
import { CreateApiForm } from "#components/create/CreateApiForm";
import { requirePage } from "../../../_server/guard";
import { createApi, findConflicts } from "../../actions";

export const metadata: Metadata = { title: "Create an API" };

export default async function CreateRest() {
  await requirePage("api.edit");
  return <CreateApiForm onCreate={createApi} onFindConflicts={findConflicts} />;
}
