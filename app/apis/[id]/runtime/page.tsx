import { RuntimeEditor } from "#components/runtime/RuntimeEditor";
import { deployApi, saveDraft } from "../../../actions";
import { loadApi } from "../api";

export const metadata = { title: "Runtime" };

export default async function RuntimePage({ params }: { params: Promise<{ id: string }> }) {
  const { id, definition, draftVersion } = await loadApi(params);
  return (
    <RuntimeEditor
      id={id}
      definition={definition}
      draftVersion={draftVersion}
      onSave={saveDraft}
      onDeploy={deployApi}
    />
  );
}
