import { Overview } from "#components/overview/Overview";
import { forForms } from "#lib/edit/api";
import { listSubscribers } from "#prisma/access/applications";
import { loadApi, loadForms, titleOf } from "../../_server/loadApi";
import { findLostScopes } from "../../_server/projects/findLostScopes";
import { deleteApi, deployApi, keepScopes, undeployApi } from "../actions";

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
      // Not waited for: a large document takes seconds to read.
      lost={loadApi(params).then((api) => findLostScopes(api.definition))}
      subscribers={await listSubscribers(id)}
      onKeepScopes={keepScopes}
      onDeploy={deployApi}
      onUndeploy={undeployApi}
      onDelete={deleteApi}
    />
  );
}
