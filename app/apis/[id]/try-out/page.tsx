import { TryOut } from "#components/tryout/TryOut";
import { productionReach } from "#lib/access/trying";
import { allGroups, forForms } from "#lib/edit/api";
import { keyTypes } from "#lib/edit/endpoints";
import { readSettings } from "#prisma/installationSettings";
import { requirePage } from "../../../_server/guard";
import { loadApi } from "../../../_server/loadApi";
import { sendRequest } from "./actions";

export const metadata = { title: "Try Out" };

export default async function TryOutPage({ params }: { params: Promise<{ id: string }> }) {
  const { role } = await requirePage("api.read");
  const { id, live } = await loadApi(params);
  const definition = live?.definition ? forForms(live.definition) : null;
  const groups = definition ? allGroups(definition) : [];
  const offered = keyTypes.filter((k) => groups.some((g) => g.groups[k].enabled));
  const reach = productionReach(role, (await readSettings()).viewersReadProduction);
  return (
    <TryOut
      id={id}
      definition={definition}
      keyTypes={offered}
      role={role}
      reach={reach}
      onSend={sendRequest}
    />
  );
}
