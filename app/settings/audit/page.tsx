import { redirect } from "next/navigation";
import { AuditList } from "#components/settings/AuditList";
import { listAudit } from "#prisma/audit";
import { requirePage } from "../../_server/guard";
import { listQuery, type Query } from "../../_server/listQuery";

export const metadata = { title: "Audit" };

const PAGE_SIZE = 50;

export default async function AuditPage({ searchParams }: { searchParams: Query }) {
  await requirePage("audit.read");
  const { search, page, href } = await listQuery(searchParams);
  const { total, entries } = await listAudit({ search, page, pageSize: PAGE_SIZE });
  const pages = Math.max(1, Math.ceil(total / PAGE_SIZE));
  if (page > pages) redirect(href("/settings/audit", pages));
  const rows = entries.map(({ id, at, username, text }) => ({ id, at: at.toISOString(), username, text }));
  return <AuditList entries={rows} total={total} page={page} pages={pages} search={search} />;
}
