import type { Metadata } from "next";
import { CreateChoice } from "#components/create/CreateChoice";
import { requirePage } from "../../_server/guard";

export const metadata: Metadata = { title: "Create an API" };

export default async function Create() {
  await requirePage("api.edit");
  return <CreateChoice />;
}
