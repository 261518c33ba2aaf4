import { TryOut } from "#components/tryout/TryOut";
import { allGroups, forForms } from "#lib/api";
import { keyTypes } from "#lib/endpoints";
import { loadApi } from "../api";
import { sendRequest } from "./actions";

export const metadata = { title: "Try Out" };

export default async function TryOutPage({ params }: { params: Promise<{ id: string }> }) {
  const { id, live } = await loadApi(params);
  const definition = live?.definition ? forForms(live.definition) : null;
  const groups = definition ? allGroups(definition) : [];
  const offered = keyTypes.filter((k) => groups.some((g) => g.groups[k].enabled));
  return <TryOut id={id} definition={definition} keyTypes={offered} onSend={sendRequest} />;
}
