import { z } from "zod";
import { keyTypes } from "#lib/endpoints";
import { issueTestTokens } from "#prisma/testTokens";
import { ApiId, requireRoute } from "../../../../../guard";
import { testTokenRefusal } from "../../../../../testTokenLimit";
import { answer, failure, readBody, refusal } from "../../../answers";

const Wanted = z.strictObject({ keyType: z.enum(keyTypes).default("production") });

/** A test token for this API, an hour long. */
export async function POST(request: Request, { params }: { params: Promise<{ id: string }> }) {
  const access = await requireRoute(request, "api.read");
  if (!access.ok) return access.response;
  const read = await readBody(request, Wanted);
  if (!read.ok) return read.response;
  const id = ApiId.safeParse((await params).id);
  if (!id.success) return failure({ ok: false, kind: "missing" });
  const tooMany = await testTokenRefusal(access.user);
  if (tooMany) return refusal(429, tooMany);
  const { keyType } = read.body;
  const issued = await issueTestTokens(id.data, [keyType], access.user);
  if (!issued.ok) return failure(issued);
  const [token] = issued.tokens;
  return token
    ? answer(token)
    : refusal(400, `This API has no ${keyType} endpoint, so no token would open it.`);
}
