import type { ReactNode } from "react";
import { ApiFrame } from "#components/frame/ApiFrame";
import { readLive } from "../../_server/liveReport";
import { loadApi, titleOf } from "../../_server/loadApi";
import { issueTestToken } from "../actions";

interface Props {
  children: ReactNode;
  params: Promise<{ id: string }>;
}

export async function generateMetadata({ params }: Props) {
  const title = await titleOf(params);
  return { title: { default: title, template: `%s · ${title} · Sluice` } };
}

export default async function ApiLayout({ children, params }: Props) {
  const api = await loadApi(params);
  const { name, version } = api.definition;
  return (
    <ApiFrame
      id={api.id}
      name={name}
      version={version}
      report={await readLive(api)}
      onTestToken={issueTestToken}
    >
      {children}
    </ApiFrame>
  );
}
