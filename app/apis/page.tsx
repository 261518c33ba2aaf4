import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { ApiList } from "#components/apis/ApiList";
import { listApis } from "#prisma/store";
import { readGateways, statesOf } from "../_server/gatewayClient";
import { requirePage } from "../_server/guard";
import { listQuery, type Query } from "../_server/listQuery";

export const metadata: Metadata = { title: "APIs" };

const PAGE_SIZE = 25;

export default async function Apis({ searchParams }: { searchParams: Query }) {
  await requirePage("api.read");
  const { search, page, href } = await listQuery(searchParams);
  const { total, apis } = await listApis({ search, page, pageSize: PAGE_SIZE });
  const pages = Math.max(1, Math.ceil(total / PAGE_SIZE));
  if (page > pages) redirect(href("/apis", pages));
  const gateways = await readGateways(apis.map((api) => api.id));
  const rows = apis.map(({ live, ...api }) => ({ ...api, revision: live?.revision ?? null }));
  return (
    <ApiList
      apis={rows}
      states={statesOf(gateways)}
      total={total}
      page={page}
      pages={pages}
      search={search}
    />
  );
}
