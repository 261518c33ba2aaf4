import { EndpointsEditor } from "#components/endpoints/EndpointsEditor";
import { listCertificates } from "#prisma/certificates";
import { addCertificate, deployApi, removeCertificate, saveForms } from "../../../actions";
import { loadForms } from "../api";

export const metadata = { title: "Endpoints" };

export default async function EndpointsPage({ params }: { params: Promise<{ id: string }> }) {
  const { id, definition, draftVersion } = await loadForms(params);
  return (
    <EndpointsEditor
      id={id}
      definition={definition}
      draftVersion={draftVersion}
      onSave={saveForms}
      onDeploy={deployApi}
      certificates={{
        list: await listCertificates(),
        onAdd: addCertificate,
        onRemove: removeCertificate,
      }}
    />
  );
}
