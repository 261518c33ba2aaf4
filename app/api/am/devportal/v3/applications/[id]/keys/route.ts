import { findOwned } from "#prisma/access/ownedApplications";
import { answering } from "../../../../../../../_server/answering";
import { ApiId, requireRoute } from "../../../../../../../_server/guard";
import { isOwnDefault, paged } from "../../../../../../../_server/wso2/applicationDto";
import {
  answer,
  noSuchApplication,
  refusalOf,
  troubled,
} from "../../../../../../../_server/wso2/publisherAnswers";

/**
 * Keys without their secrets, which nobody knows any more. Of apictl's own application there seem to be none: so it
 * has new ones made, on whichever machine it runs.
 */
export const GET = answering(async (request: Request, { params }: { params: Promise<{ id: string }> }) => {
  const access = await requireRoute(request, "application.read");
  if (!access.ok) return refusalOf(request, access.response);
  const id = ApiId.safeParse((await params).id);
  const application = id.success ? await findOwned(id.data) : null;
  if (!application) return noSuchApplication();
  const shown = isOwnDefault(application, access.user.username) ? [] : application.keys;
  const list = shown.map(({ keyType, clientId }) => ({
    ...{ consumerKey: clientId, consumerSecret: "", keyState: "APPROVED", keyType: keyType.toUpperCase() },
    supportedGrantTypes: ["client_credentials"],
  }));
  return answer(paged(list));
}, troubled);
