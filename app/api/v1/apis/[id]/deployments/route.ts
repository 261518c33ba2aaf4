import { z } from "zod";
import { deployRevision } from "#prisma/revisions";
import { deploy, undeploy } from "#prisma/store";
import { answering } from "../../../../../_server/answering";
import { confirmed } from "../../../../../_server/gatewayClient";
import { ApiId, requireRoute } from "../../../../../_server/guard";
import { answer, failure, readBody, refusal } from "../../../../../_server/restAnswers";

type Params = { params: Promise<{ id: string }> };

const Wanted = z.strictObject({
  /** An older one to roll back to; without it the draft becomes a revision. */
  revision: z.int().min(1).optional(),
  note: z.string().max(1_000).default(""),
});

/** Deploys the draft, or a revision that is there already. */
export const POST = answering(async (request: Request, { params }: Params) => {
  const access = await requireRoute(request, "api.deploy");
  if (!access.ok) return access.response;
  const read = await readBody(request, Wanted);
  if (!read.ok) return read.response;
  const id = ApiId.safeParse((await params).id);
  if (!id.success) return failure({ ok: false, kind: "missing" });
  const { revision, note } = read.body;
  const options = { by: access.user, note };
  const result =
    revision === undefined
      ? await deploy(id.data, options)
      : await deployRevision(id.data, revision, options);
  if (!result.ok) {
    if (result.kind === "missing" && revision !== undefined) {
      return refusal(404, `This API has no revision r${revision}.`);
    }
    return failure(result);
  }
  return answer({ revision: result.revision, live: await confirmed(result.generation) });
});

/** Takes the API off the gateway. */
export const DELETE = answering(async (request: Request, { params }: Params) => {
  const access = await requireRoute(request, "api.deploy");
  if (!access.ok) return access.response;
  const id = ApiId.safeParse((await params).id);
  if (!id.success) return failure({ ok: false, kind: "missing" });
  const result = await undeploy(id.data, access.user);
  return result.ok ? answer({ live: !(await confirmed(result.generation)) }) : failure(result);
});
