import type { Metadata } from "next";
import { ImportProject } from "#components/imports/ImportProject";
import { findConflicts } from "../../../actions";
import { requirePage } from "../../../guard";

export const metadata: Metadata = { title: "Import a WSO2 project" };

export default async function CreateFromProject() {
  await requirePage("api.edit");
  return <ImportProject onFindConflicts={findConflicts} />;
}
