"use server";
import { randomUUID } from "node:crypto";
import { revalidatePath } from "next/cache";
import * as z from "zod";
import { forForms, newDefinition } from "#lib/edit/api";
import { keyTypes } from "#lib/edit/endpoints";
import { ApiContext, ApiName, ApiVersion } from "#lib/schemas/definition";
import { lossesOf } from "#lib/tell/losses";
import * as certificates from "#prisma/certificates";
import * as store from "#prisma/store";
import { ApiId, failed, guarded } from "../_server/guard";
import { written } from "../_server/projects/understand";
import { takeTestToken } from "../_server/takeTestToken";

const Names = z.object({
  name: z.string().max(300),
  context: z.string().max(300),
  version: z.string().max(300),
});
const Create = Names.extend({ endpoint: z.string().max(4_000) });
const Base = z.int().min(1);
const Note = z.string().max(1_000);

const endpointId = () => `ep_${randomUUID().replaceAll("-", "").slice(0, 20)}`;

export async function createApi(input: unknown) {
  return guarded("Creating an API", "api.edit", async (user) => {
    const form = Create.parse(input);
    return store.createApi(newDefinition(form, { production: endpointId(), sandbox: endpointId() }), user);
  });
}

/** Which of the given names are taken. Fields that are not valid yet are left out of the question. */
export async function findConflicts(input: unknown) {
  return guarded("Looking for conflicts", "api.edit", async () => {
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
  return guarded("Saving a draft", "api.edit", async (user) => {
    const result = await store.saveDraft(ApiId.parse(id), definition, Base.parse(baseVersion), user);
    if (result.ok) revalidatePath("/apis", "layout");
    return result;
  });
}

/** The same from a page of forms, which has and gets no more than they edit. */
export async function saveForms(id: unknown, definition: unknown, baseVersion: unknown) {
  return guarded("Saving a draft", "api.edit", async (user) => {
    const base = Base.parse(baseVersion);
    const result = await store.saveDraft(ApiId.parse(id), definition, base, user, { forms: true });
    if (result.ok) revalidatePath("/apis", "layout");
    if (result.ok) return { ...result, draft: draftForForms(result.draft) };
    return result.kind === "stale" ? { ...result, theirs: draftForForms(result.theirs) } : result;
  });
}

/** Writes into the document of the draft that its operations ask for no more scopes than are enforced. */
export async function keepScopes(id: unknown, baseVersion: unknown) {
  return guarded("Saving a draft", "api.edit", async (user) => {
    const [apiId, base] = [ApiId.parse(id), Base.parse(baseVersion)];
    const api = await store.getApi(apiId);
    if (!api) return { ok: false as const, kind: "missing" as const };
    const definition = { ...api.definition, openapi: await written(api.definition) };
    const result = await store.saveDraft(apiId, definition, base, user);
    if (result.ok) revalidatePath("/apis", "layout");
    if (result.ok) return { ok: true as const };
    return result.kind === "stale" ? { ok: false as const, kind: "stale" as const } : result;
  });
}

const draftForForms = (draft: store.StoredDraft) => ({ ...draft, definition: forForms(draft.definition) });

/** With `ask` nothing is deployed by which callers lose something; what they would is told instead. */
export async function deployApi(
  id: unknown,
  draftVersion: unknown,
  note: unknown = "",
  ask: unknown = false,
) {
  return guarded("Deploying an API", "api.deploy", async (user) => {
    const apiId = ApiId.parse(id);
    const options = { by: user, draftVersion: Base.parse(draftVersion), note: Note.parse(note) };
    const api = ask === true ? await store.getApi(apiId) : null;
    const losses = api?.live?.definition ? lossesOf(api.live.definition, api.definition) : [];
    if (losses.length > 0) return { ok: false as const, kind: "asks" as const, losses };
    const result = await store.deploy(apiId, options);
    if (result.ok) revalidatePath("/apis", "layout");
    return result;
  });
}

export async function undeployApi(id: unknown) {
  return guarded("Undeploying an API", "api.deploy", async (user) => {
    const result = await store.undeploy(ApiId.parse(id), user);
    if (result.ok) revalidatePath("/apis", "layout");
    return result;
  });
}

/** Revalidates nothing: the page that asked belongs to the deleted API and is left next. */
export async function deleteApi(id: unknown) {
  return guarded("Deleting an API", "api.delete", (user) => store.deleteApi(ApiId.parse(id), user));
}

/** Takes effect on live traffic at once, so it needs the role that deploys. */
export async function addCertificate(input: unknown) {
  return guarded("Adding a certificate", "api.deploy", async (user) => {
    const result = await certificates.addCertificate(input, user);
    if (result.ok) revalidatePath("/apis", "layout");
    return result;
  });
}

export async function removeCertificate(id: unknown) {
  return guarded("Removing a certificate", "api.deploy", async (user) => {
    const result = await certificates.removeCertificate(ApiId.parse(id), user);
    if (result.ok) revalidatePath("/apis", "layout");
    return result;
  });
}

/** For whoever may see the API: the token is for trying it out and names its user. */
export async function issueTestToken(id: unknown, keyType: unknown) {
  return guarded("Making a test token", "api.read", async (user) => {
    const result = await takeTestToken(ApiId.parse(id), z.enum(keyTypes).parse(keyType), user);
    return result.ok || result.kind === "missing" ? result : failed(result.message);
  });
}
