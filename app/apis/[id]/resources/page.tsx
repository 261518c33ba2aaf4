import { ResourcesEditor } from "#components/resources/ResourcesEditor";
import { deployApi, saveForms } from "../../../actions";
import { loadForms } from "../api";

export const metadata = { title: "Resources" };

export default async function ResourcesPage({ params }: { params: Promise<{ id: string }> }) {
  const { id, definition, draftVersion } = await loadForms(params);
  return (
    <ResourcesEditor
      id={id}
      definition={definition}
      draftVersion={draftVersion}
      onSave={saveForms}
      onDeploy={deployApi}
    />
  );
}
