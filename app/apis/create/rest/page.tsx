import type { Metadata } from "next";
import { CreateApiForm } from "#components/create/CreateApiForm";
import { createApi, findConflicts } from "../../../actions";

export const metadata: Metadata = { title: "Create an API" };

export default function CreateRest() {
  return <CreateApiForm onCreate={createApi} onFindConflicts={findConflicts} />;
}
