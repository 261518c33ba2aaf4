import { findOwned } from "#prisma/access/ownedApplications";
import { answering } from "../../../../../../_server/answering";
import { ApiId, requireRoute } from "../../../../../../_server/guard";
import { applicationOf } from "../../../../../../_server/wso2/applicationDto";
import {
  answer,
  noSuchApplication,
  refusalOf,
  troubled,
} from "../../../../../../_server/wso2/publisherAnswers";

export const GET = answering(async (request: Request, { params }: { params: Promise<{ id: string }> }) => {
  const access = await requireRoute(request, "application.read");
  if (!access.ok) return refusalOf(request, access.response);
  const id = ApiId.safeParse((await params).id);
  const application = id.success ? await findOwned(id.data) : null;
  return application ? answer(applicationOf(application, access.user.username)) : noSuchApplication();
}, troubled);
