import type { Metadata } from "next";
import { ImportOpenApi } from "#components/imports/ImportOpenApi";
import { requirePage } from "../../../_server/guard";
import { findConflicts } from "../../actions";
import { fetchDefinition } from "../actions";

export const metadata: Metadata = { title: "Import an OpenAPI definition" };

export default async function CreateFromOpenApi() {
  await requirePage("api.edit");
  return <ImportOpenApi onFetch={fetchDefinition} onFindConflicts={findConflicts} />;
}
