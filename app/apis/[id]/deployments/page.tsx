import { notFound } from "next/navigation";
import { Deployments } from "#components/deployments/Deployments";
import { forForms } from "#lib/edit/api";
import { diff } from "#lib/tell/diff";
import { lossesOf } from "#lib/tell/losses";
import { listEarlierDrafts } from "#prisma/drafts";
import { listRevisions } from "#prisma/revisions";
import { loadApi } from "../../../_server/loadApi";
import { deployApi, undeployApi } from "../../actions";
import { bringBack, compare, editFrom, rollBack } from "./actions";

export const metadata = { title: "Deployments" };

export default async function DeploymentsPage({ params }: { params: Promise<{ id: string }> }) {
  const { id, definition, draftVersion, live } = await loadApi(params);
  const [revisions, earlier] = await Promise.all([listRevisions(id), listEarlierDrafts(id)]);
  if (!revisions) notFound();
  const rows = revisions.map(({ createdAt, intervals, ...revision }) => ({
    ...revision,
    createdAt: createdAt.toISOString(),
    intervals: intervals.map(({ since, until, ...interval }) => ({
      ...interval,
      since: since.toISOString(),
      until: until?.toISOString() ?? null,
    })),
  }));
  return (
    <Deployments
      id={id}
      title={`${definition.name} ${definition.version}`}
      definition={forForms(definition)}
      served={forForms(live?.definition ?? definition)}
      draftVersion={draftVersion}
      revisions={rows}
      draftChanges={live?.definition ? diff(live.definition, definition) : null}
      losses={live?.definition ? lossesOf(live.definition, definition) : []}
      earlier={earlier.map(({ at, ...draft }) => ({ ...draft, at: at.toISOString() }))}
      onDeploy={deployApi}
      onUndeploy={undeployApi}
      onRollBack={rollBack}
      onEditFrom={editFrom}
      onBringBack={bringBack}
      onCompare={compare}
    />
  );
}
