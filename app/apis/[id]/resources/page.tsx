import { ResourcesEditor } from "#components/resources/ResourcesEditor";
import { deployApi, saveForms } from "../../../actions";
import { findLostScopes } from "../../../projects/asked";
import { loadApi, loadForms } from "../api";

export const metadata = { title: "Resources" };

export default async function ResourcesPage({ params }: { params: Promise<{ id: string }> }) {
  const { id, definition, draftVersion } = await loadForms(params);
  // Not waited for: a large document takes seconds to read.
  const lost = loadApi(params).then((api) => findLostScopes(api.definition));
  return (
    <ResourcesEditor
      id={id}
      definition={definition}
      draftVersion={draftVersion}
      lost={lost}
      onSave={saveForms}
      onDeploy={deployApi}
    />
  );
}
