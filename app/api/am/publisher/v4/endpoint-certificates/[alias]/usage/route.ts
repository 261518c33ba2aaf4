import { publisherCalls } from "#lib/contract/publisherRest";
import { findCertificate } from "#prisma/certificates";
import { apisAt } from "#prisma/certificateUse";
import { apiInfoOf } from "../../../../../../../_server/wso2/apiDto";
import { listed } from "../../../../../../../_server/wso2/apiLists";
import { pageOf } from "../../../../../../../_server/wso2/pages";
import { answer, noSuchCertificate } from "../../../../../../../_server/wso2/publisherAnswers";
import { publisherCall } from "../../../../../../../_server/wso2/publisherCall";

/** The APIs whose requests go to the certificate's server, by their draft or by what is live. */
export const GET = publisherCall(publisherCalls.certificateUse, async ({ path, query }) => {
  const found = await findCertificate(path.alias ?? "");
  if (!found) return noSuchCertificate();
  const link = `/endpoint-certificates/${encodeURIComponent(found.alias)}/usage`;
  const { items, pagination } = pageOf(await apisAt(found.origin), query, link);
  const list = await listed(items, apiInfoOf);
  return answer({ count: list.length, list, pagination });
});
