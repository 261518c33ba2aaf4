import type { ReactNode } from "react";
import { ApiFrame } from "#components/frame/ApiFrame";
import { Message } from "#components/shared/Message";
import { readLive } from "../../_server/liveReport";
import { findKnown, loadApi, titleOf } from "../../_server/loadApi";
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
  const known = await findKnown(params);
  if (known && "newer" in known) {
    return (
      <Message title="Saved by a newer Sluice" text={known.newer}>
        {{ label: "Go to the APIs", href: "/apis" }}
      </Message>
    );
  }
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
