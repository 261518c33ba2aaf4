"use server";
import { revalidatePath } from "next/cache";
import { waitWords } from "#lib/access/attemptRule";
import { IssuerInput } from "#lib/access/tokens";
import * as tokens from "#prisma/access/revocations";
import { ApiId, failed, guarded } from "../../_server/guard";
import { checkJwks } from "../../_server/jwksCheck";
import { attempts } from "../../_server/limiter";

/** Checks of one user: each sends a request to wherever it is told. */
const CHECKS = { limit: 30, windowMs: 60_000 };
const gone = failed("This issuer was deleted meanwhile. Reload the page.");

/** Adds an issuer, or changes the one of this id. */
export async function saveIssuer(input: unknown, id?: unknown) {
  return guarded("Saving a token issuer", "settings.manage", async (user) => {
    const result = await tokens.saveIssuer(input, user, ApiId.optional().parse(id));
    revalidatePath("/settings", "layout");
    if (result.ok) return { ok: true as const };
    return result.kind === "missing" ? gone : failed(result.problems.map((p) => p.message).join(" "));
  });
}

export async function deleteIssuer(id: unknown) {
  return guarded("Deleting a token issuer", "settings.manage", async (user) => {
    const result = await tokens.deleteIssuer(ApiId.parse(id), user);
    revalidatePath("/settings", "layout");
    return result.ok ? { ok: true as const } : gone;
  });
}

export async function checkIssuer(jwksUrl: unknown) {
  return guarded("Checking a token issuer", "settings.manage", async (user) => {
    const url = IssuerInput.shape.jwksUrl.safeParse(jwksUrl);
    if (!url.success) return failed(url.error.issues[0]?.message ?? "");
    const taken = await attempts().take({ [`jwks:${user.userId}`]: CHECKS });
    if (!taken.ok) return failed(`Too many checks. Try again in ${waitWords(taken.waitMs)}.`);
    return { ok: true as const, ...(await checkJwks(url.data)) };
  });
}
