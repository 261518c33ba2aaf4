"use server";
import { revalidatePath } from "next/cache";
import * as z from "zod";
import { diff } from "#lib/tell/diff";
import { lossesOf } from "#lib/tell/losses";
import { bringBackDraft, deployRevision, getRevision, restoreDraft } from "#prisma/revisions";
import { getApi } from "#prisma/store";
import { ApiId, guarded } from "../../../_server/guard";

const RevisionNumber = z.int().min(1);
/** 0 stands for the draft. */
const Side = z.int().min(0);
const Note = z.string().max(1_000);

/** Deploys a revision that is there already; the draft is untouched. */
export async function rollBack(id: unknown, number: unknown, note: unknown) {
  return guarded("Rolling back", "api.deploy", async (user) => {
    const options = { by: user, note: Note.parse(note) };
    const result = await deployRevision(ApiId.parse(id), RevisionNumber.parse(number), options);
    if (result.ok) revalidatePath("/apis", "layout");
    return result;
  });
}

/** Copies a revision into the draft that started from `baseVersion`. */
export async function editFrom(id: unknown, number: unknown, baseVersion: unknown) {
  return guarded("Editing from a revision", "api.edit", async (user) => {
    const base = z.int().min(1).parse(baseVersion);
    const result = await restoreDraft(ApiId.parse(id), RevisionNumber.parse(number), base, user);
    if (result.ok) revalidatePath("/apis", "layout");
    return result.ok ? ({ ok: true } as const) : { ok: false as const, kind: result.kind };
  });
}

/** Undoes a save of the draft, and all after it. */
export async function bringBack(id: unknown, earlierId: unknown, baseVersion: unknown) {
  return guarded("Bringing a draft back", "api.edit", async (user) => {
    const [earlier, base] = [z.int().min(1).parse(earlierId), z.int().min(1).parse(baseVersion)];
    const result = await bringBackDraft(ApiId.parse(id), earlier, base, user);
    if (result.ok) revalidatePath("/apis", "layout");
    return result.ok ? ({ ok: true } as const) : { ok: false as const, kind: result.kind };
  });
}

/**
 * What leads from one revision, or the draft, to another, and what callers lose by it; null when one of them is gone or
 * cannot be read.
 */
export async function compare(id: unknown, from: unknown, to: unknown) {
  return guarded("Comparing revisions", "api.read", async () => {
    const [apiId, before, after] = [ApiId.parse(id), Side.parse(from), Side.parse(to)];
    const [a, b] = await Promise.all([sideOf(apiId, before), sideOf(apiId, after)]);
    if (!a || !b) return { ok: true as const, changes: null, losses: [] };
    return { ok: true as const, changes: diff(a, b), losses: lossesOf(a, b) };
  });
}

async function sideOf(id: string, number: number) {
  if (number === 0) return (await getApi(id))?.definition;
  const found = await getRevision(id, number);
  return found === "unreadable" ? undefined : found?.definition;
}
