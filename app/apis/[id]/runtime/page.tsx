import { RuntimeEditor } from "#components/runtime/RuntimeEditor";
import { loadForms } from "../../../_server/loadApi";
import { deployApi, saveForms } from "../../actions";

export const metadata = { title: "Runtime" };

export default async function RuntimePage({ params }: { params: Promise<{ id: string }> }) {
  const { id, definition, draftVersion } = await loadForms(params);
  return (
    <RuntimeEditor
      id={id}
      definition={definition}
      draftVersion={draftVersion}
      onSave={saveForms}
      onDeploy={deployApi}
    />
  );
}
