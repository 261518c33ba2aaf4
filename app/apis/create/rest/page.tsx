import type { Metadata } from "next";
import { CreateApiForm } from "#components/create/CreateApiForm";
import { createApi, findConflicts } from "../../../actions";
import { requirePage } from "../../../guard";

export const metadata: Metadata = { title: "Create an API" };

export default async function CreateRest() {
  await requirePage("api.edit");
  return <CreateApiForm onCreate={createApi} onFindConflicts={findConflicts} />;
}
