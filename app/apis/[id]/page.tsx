import { Overview } from "#components/api/Overview";
import { deleteApi, deployApi, undeployApi } from "../../actions";
import { loadApi } from "./api";

export const metadata = { title: "Overview" };

export default async function OverviewPage({ params }: { params: Promise<{ id: string }> }) {
  const { id, definition, draftVersion, live } = await loadApi(params);
  return (
    <Overview
      id={id}
      definition={definition}
      served={live?.definition ?? definition}
      draftVersion={draftVersion}
      onDeploy={deployApi}
      onUndeploy={undeployApi}
      onDelete={deleteApi}
    />
  );
}
