import { z } from "zod";
import { keyTypes } from "#lib/edit/endpoints";
import { answering } from "../../../../../_server/answering";
import { ApiId, requireRoute } from "../../../../../_server/guard";
import { answer, failure, readBody, refusal } from "../../../../../_server/restAnswers";
import { takeTestToken } from "../../../../../_server/takeTestToken";

const Wanted = z.strictObject({ keyType: z.enum(keyTypes).default("production") });

/** A test token for this API, an hour long. */
export const POST = answering(async (request: Request, { params }: { params: Promise<{ id: string }> }) => {
  const access = await requireRoute(request, "api.read");
  if (!access.ok) return access.response;
  const read = await readBody(request, Wanted);
  if (!read.ok) return read.response;
  const id = ApiId.safeParse((await params).id);
  if (!id.success) return failure({ ok: false, kind: "missing" });
  const result = await takeTestToken(id.data, read.body.keyType, access.user);
  if (result.ok) return answer(result.token);
  return result.kind === "missing" ? failure(result) : refusal(result.status, result.message);
});
