import { Overview } from "#components/api/Overview";
import { forForms } from "#lib/api";
import { listSubscribers } from "#prisma/applications";
import { deleteApi, deployApi, undeployApi } from "../../actions";
import { loadForms, titleOf } from "./api";

interface Props {
  params: Promise<{ id: string }>;
}

/** Written out: the template of a layout is for the pages below it, and this one is beside it. */
export async function generateMetadata({ params }: Props) {
  return { title: { absolute: `Overview · ${await titleOf(params)} · Sluice` } };
}

export default async function OverviewPage({ params }: Props) {
  const { id, definition, draftVersion, live } = await loadForms(params);
  return (
    <Overview
      id={id}
      definition={definition}
      served={live?.definition ? forForms(live.definition) : definition}
      draftVersion={draftVersion}
      subscribers={await listSubscribers(id)}
      onDeploy={deployApi}
      onUndeploy={undeployApi}
      onDelete={deleteApi}
    />
  );
}
