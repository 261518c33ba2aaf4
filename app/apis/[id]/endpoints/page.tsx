import { EndpointsEditor } from "#components/endpoints/EndpointsEditor";
import { originOf } from "#lib/traffic/trustedCertificates";
import { listIssuers } from "#prisma/access/revocations";
import { listCertificates } from "#prisma/certificates";
import { loadForms } from "../../../_server/loadApi";
import { addCertificate, deployApi, removeCertificate, saveForms } from "../../actions";

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
        issuers: await issuerOrigins(),
        onAdd: addCertificate,
        onRemove: removeCertificate,
      }}
    />
  );
}

/** Their keys are read like backends are reached, so certificates may be for them too. */
async function issuerOrigins(): Promise<string[]> {
  return (await listIssuers()).flatMap(({ jwksUrl }) => originOf(jwksUrl) ?? []);
}
