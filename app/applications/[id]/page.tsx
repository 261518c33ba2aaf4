import { notFound } from "next/navigation";
import { cache } from "react";
import { Application } from "#components/applications/Application";
import { getApplication, listApiNames } from "#prisma/access/applications";
import { ApiId, requirePage } from "../../_server/guard";
import { publisherUrl } from "../../_server/origin";
import {
  createKey,
  deleteApplication,
  deleteKey,
  issueApplicationToken,
  revokeToken,
  rotateKey,
  saveApplication,
  subscribe,
  unsubscribe,
} from "../actions";

interface Props {
  params: Promise<{ id: string }>;
}

const find = cache(async (params: Props["params"]) => {
  await requirePage("application.read");
  const id = ApiId.safeParse((await params).id);
  return id.success ? getApplication(id.data) : null;
});

export async function generateMetadata({ params }: Props) {
  return { title: (await find(params))?.name ?? "Not found" };
}

export default async function ApplicationPage({ params }: Props) {
  const application = (await find(params)) ?? notFound();
  return (
    <Application
      application={application}
      apis={await listApiNames()}
      tokenUrl={`${await publisherUrl()}/oauth2/token`}
      onSave={saveApplication}
      onDelete={deleteApplication}
      onCreateKey={createKey}
      onRotateKey={rotateKey}
      onDeleteKey={deleteKey}
      onSubscribe={subscribe}
      onUnsubscribe={unsubscribe}
      onToken={issueApplicationToken}
      onRevokeToken={revokeToken}
    />
  );
}
