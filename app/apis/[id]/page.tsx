import { Overview } from "#components/api/Overview";
import { forForms } from "#lib/api";
import { deleteApi, deployApi, undeployApi } from "../../actions";
import { loadForms } from "./api";

export const metadata = { title: "Overview" };

export default async function OverviewPage({ params }: { params: Promise<{ id: string }> }) {
  const { id, definition, draftVersion, live } = await loadForms(params);
  return (
    <Overview
      id={id}
      definition={definition}
      served={live?.definition ? forForms(live.definition) : definition}
      draftVersion={draftVersion}
      onDeploy={deployApi}
      onUndeploy={undeployApi}
      onDelete={deleteApi}
    />
  );
}
