"use server";
import { revalidatePath } from "next/cache";
import * as z from "zod";
import { MAX_TOKEN_LENGTH } from "#lib/access/tokens";
import { keyTypes } from "#lib/edit/endpoints";
import * as applications from "#prisma/access/applications";
import { issueForApplication, revokeOwn } from "#prisma/access/clients";
import { readOwnToken } from "#prisma/access/signing";
import { ApiId, failed, guarded } from "../_server/guard";

/** Ids of applications have the form of those of APIs. */
const Id = ApiId;
const KeyType = z.enum(keyTypes);
const gone = failed("This was deleted meanwhile. Reload the page.");

export async function saveApplication(input: unknown, id?: unknown) {
  return guarded("Saving an application", "application.manage", async (user) => {
    const result = await applications.saveApplication(input, user, Id.optional().parse(id));
    if (result.ok) revalidatePath("/applications", "layout");
    if (result.ok) return result;
    return result.kind === "missing" ? gone : failed(result.problems.map((p) => p.message).join(" "));
  });
}

/** Revalidates nothing: the page that asked belongs to the deleted application and is left next. */
export async function deleteApplication(id: unknown) {
  return guarded("Deleting an application", "application.manage", async (user) => {
    const result = await applications.deleteApplication(Id.parse(id), user);
    return result.ok ? result : gone;
  });
}

export async function createKey(id: unknown, keyType: unknown) {
  return guarded("Making keys", "application.manage", async (user) =>
    told(await applications.createKey(Id.parse(id), KeyType.parse(keyType), user)),
  );
}

export async function rotateKey(id: unknown, keyType: unknown, endingTokens: unknown) {
  return guarded("Rotating a secret", "application.manage", async (user) => {
    const ending = z.boolean().parse(endingTokens);
    return told(await applications.rotateKey(Id.parse(id), KeyType.parse(keyType), ending, user));
  });
}

export async function deleteKey(id: unknown, keyType: unknown) {
  return guarded("Revoking keys", "application.manage", async (user) =>
    told(await applications.deleteKey(Id.parse(id), KeyType.parse(keyType), user)),
  );
}

export async function subscribe(id: unknown, apiId: unknown) {
  return guarded("Subscribing", "application.manage", async (user) => {
    const result = await applications.subscribe(Id.parse(id), ApiId.parse(apiId), user);
    if (!result.ok && result.kind === "invalid")
      return failed(result.problems.map((p) => p.message).join(" "));
    return told(result);
  });
}

export async function unsubscribe(id: unknown, apiId: unknown) {
  return guarded("Unsubscribing", "application.manage", async (user) =>
    told(await applications.unsubscribe(Id.parse(id), ApiId.parse(apiId), user)),
  );
}

export async function issueApplicationToken(id: unknown, keyType: unknown) {
  return guarded("Making a token", "application.manage", async (user) => {
    const result = await issueForApplication(Id.parse(id), KeyType.parse(keyType), user);
    if (!result.ok) return "error" in result ? failed(result.error.description) : gone;
    const { token, expiresAt } = result.token;
    return { ok: true as const, token, expiresAt };
  });
}

export async function revokeToken(token: unknown) {
  return guarded("Revoking a token", "application.manage", async (user) => {
    const claims = await readOwnToken(z.string().max(MAX_TOKEN_LENGTH).parse(token).trim());
    if (!claims) return failed("This is no token of Sluice's, or it has ended by itself.");
    await revokeOwn(claims, user);
    return { ok: true as const };
  });
}

function told<T extends { ok: true }>(result: T | { ok: false; kind: "missing" }) {
  revalidatePath("/applications", "layout");
  return result.ok ? result : gone;
}
