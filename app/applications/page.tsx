import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { ApplicationList } from "#components/applications/ApplicationList";
import { listApplications } from "#prisma/access/applications";
import { requirePage } from "../_server/guard";
import { listQuery, type Query } from "../_server/listQuery";
import { saveApplication } from "./actions";

export const metadata: Metadata = { title: "Applications" };

const PAGE_SIZE = 25;

export default async function Applications({ searchParams }: { searchParams: Query }) {
  await requirePage("application.read");
  const { search, page, href } = await listQuery(searchParams);
  const { total, applications } = await listApplications({ search, page, pageSize: PAGE_SIZE });
  const pages = Math.max(1, Math.ceil(total / PAGE_SIZE));
  if (page > pages) redirect(href("/applications", pages));
  const list = { applications, total, page, pages, search };
  return <ApplicationList {...list} onSave={saveApplication} />;
}
