import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { ApiList } from "#components/apis/ApiList";
import { listApis } from "#prisma/store";
import { readGatewayStatus } from "../gateway";

export const metadata: Metadata = { title: "APIs" };

const PAGE_SIZE = 25;

type Query = Promise<Record<string, string | string[] | undefined>>;

export default async function Apis({ searchParams }: { searchParams: Query }) {
  const query = await searchParams;
  const search = String(query.search ?? "")
    .trim()
    .slice(0, 200);
  const page = Math.max(1, Math.min(100_000, Math.trunc(Number(query.page)) || 1));
  const [{ total, apis }, gateway] = await Promise.all([
    listApis({ search, page, pageSize: PAGE_SIZE }),
    readGatewayStatus(),
  ]);
  const pages = Math.max(1, Math.ceil(total / PAGE_SIZE));
  if (page > pages)
    redirect(`/apis?${new URLSearchParams({ ...(search && { search }), page: String(pages) })}`);
  const rows = apis.map(({ live, ...api }) => ({
    ...api,
    revision: live?.revision ?? null,
    status: gateway?.apis.find((a) => a.apiId === api.id) ?? null,
  }));
  return <ApiList apis={rows} total={total} page={page} pages={pages} search={search} />;
}
