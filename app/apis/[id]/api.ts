import { notFound } from "next/navigation";
import { cache } from "react";
import { getApi } from "#prisma/store";
import { ApiId } from "../../guard";

type Params = Promise<{ id: string }>;

/** The API of a page, read once per request; null when there is none. */
export const findApi = cache(async (params: Params) => {
  const id = ApiId.safeParse((await params).id);
  return id.success ? getApi(id.data) : null;
});

export async function loadApi(params: Params) {
  return (await findApi(params)) ?? notFound();
}
