import { notFound } from "next/navigation";
import { cache } from "react";
import { forForms } from "#lib/edit/api";
import { getApi, NewerRow } from "#prisma/store";
import { ApiId, requirePage } from "./guard";

type Params = Promise<{ id: string }>;

/** The API of a page, for who may see it, read once per request; null when there is none. */
export const findApi = cache(async (params: Params) => {
  await requirePage("api.read");
  const id = ApiId.safeParse((await params).id);
  return id.success ? getApi(id.data) : null;
});

/** The same, or the sentence about a draft that a newer Sluice saved. */
export async function findKnown(params: Params) {
  return findApi(params).catch((error: unknown) => {
    if (error instanceof NewerRow) return { newer: error.message };
    throw error;
  });
}

/** What the API is called in titles. */
export async function titleOf(params: Params) {
  const api = await findKnown(params);
  if (api && "newer" in api) return "Saved by a newer Sluice";
  return api ? `${api.definition.name} ${api.definition.version}` : "Not found";
}

/** For the pages that edit the draft by forms. */
export async function loadForms(params: Params) {
  const api = await loadApi(params);
  return { ...api, definition: forForms(api.definition) };
}

export async function loadApi(params: Params) {
  const api = await findKnown(params);
  // Of a newer Sluice's draft the layout tells, whatever its page says.
  if (!api || "newer" in api) notFound();
  return api;
}
