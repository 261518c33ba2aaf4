import type { Metadata } from "next";
import { ImportProject } from "#components/imports/ImportProject";
import { requirePage } from "../../../_server/guard";
import { findConflicts } from "../../actions";

export const metadata: Metadata = { title: "Import a WSO2 project" };

export default async function CreateFromProject() {
  await requirePage("api.edit");
  return <ImportProject onFindConflicts={findConflicts} />;
}
