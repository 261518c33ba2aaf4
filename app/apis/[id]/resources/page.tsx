import { ResourcesEditor } from "#components/resources/ResourcesEditor";
import { loadApi, loadForms } from "../../../_server/loadApi";
import { findLostScopes } from "../../../_server/projects/findLostScopes";
import { deployApi, saveForms } from "../../actions";

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
