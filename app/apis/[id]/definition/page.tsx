import { DefinitionEditor } from "#components/definition/DefinitionEditor";
import { loadApi } from "../../../_server/loadApi";
import { written } from "../../../_server/projects/understand";
import { deployApi, saveDraft } from "../../actions";
import { fetchDefinition } from "../../create/actions";

export const metadata = { title: "API Definition" };

export default async function DefinitionPage({ params }: { params: Promise<{ id: string }> }) {
  const { id, definition, draftVersion } = await loadApi(params);
  return (
    <DefinitionEditor
      id={id}
      definition={definition}
      draftVersion={draftVersion}
      text={await written(definition)}
      onSave={saveDraft}
      onDeploy={deployApi}
      onFetch={fetchDefinition}
    />
  );
}
