"use server";
import { randomUUID } from "node:crypto";
import { revalidatePath } from "next/cache";
import { z } from "zod";
import { ApiContext, ApiName, ApiVersion, newDefinition } from "#lib/api";
import * as store from "#prisma/store";
import { ApiId, guarded } from "./guard";

const Names = z.object({
  name: z.string().max(300),
  context: z.string().max(300),
  version: z.string().max(300),
});
const Create = Names.extend({ endpoint: z.string().max(4_000) });
const Base = z.int().min(1);

const endpointId = () => `ep_${randomUUID().replaceAll("-", "").slice(0, 20)}`;

export async function createApi(input: unknown) {
  return guarded("Creating an API", async () => {
    const form = Create.parse(input);
    return store.createApi(newDefinition(form, { production: endpointId(), sandbox: endpointId() }));
  });
}

/** Which of the given names are taken. Fields that are not valid yet are left out of the question. */
export async function findConflicts(input: unknown) {
  return guarded("Looking for conflicts", async () => {
    const { name, context, version } = Names.parse(input);
    if (!ApiVersion.safeParse(version).success) return { ok: true as const, problems: [] };
    const path = ApiContext.safeParse(context);
    const problems = await store.findConflicts({ name, version, context: path.success ? path.data : "" });
    const valid = { name: ApiName.safeParse(name).success, context: path.success };
    return {
      ok: true as const,
      problems: problems.filter((p) => valid[p.path[0] as keyof typeof valid]),
    };
  });
}

export async function saveDraft(id: unknown, definition: unknown, baseVersion: unknown) {
  return guarded("Saving a draft", async () => {
    const result = await store.saveDraft(ApiId.parse(id), definition, Base.parse(baseVersion));
    if (result.ok) revalidatePath("/apis", "layout");
    return result;
  });
}

export async function deployApi(id: unknown, draftVersion: unknown) {
  return guarded("Deploying an API", async () => {
    const result = await store.deploy(ApiId.parse(id), { draftVersion: Base.parse(draftVersion) });
    if (result.ok) revalidatePath("/apis", "layout");
    return result;
  });
}

export async function undeployApi(id: unknown) {
  return guarded("Undeploying an API", async () => {
    const result = await store.undeploy(ApiId.parse(id));
    if (result.ok) revalidatePath("/apis", "layout");
    return result;
  });
}

/** Revalidates nothing: the page that asked belongs to the deleted API and is left next. */
export async function deleteApi(id: unknown) {
  return guarded("Deleting an API", () => store.deleteApi(ApiId.parse(id)));
}
