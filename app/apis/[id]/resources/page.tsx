import { ResourcesEditor } from "#components/resources/ResourcesEditor";
import { deployApi, saveDraft } from "../../../actions";
import { loadApi } from "../api";

export const metadata = { title: "Resources" };

export default async function ResourcesPage({ params }: { params: Promise<{ id: string }> }) {
  const { id, definition, draftVersion } = await loadApi(params);
  return (
    <ResourcesEditor
      id={id}
      definition={definition}
      draftVersion={draftVersion}
      onSave={saveDraft}
      onDeploy={deployApi}
    />
  );
}
