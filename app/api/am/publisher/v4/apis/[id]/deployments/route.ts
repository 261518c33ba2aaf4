import { publisherCalls } from "#lib/contract/publisherRest";
import { findEntry } from "#prisma/labelledApis";
import { answer, noSuchApi } from "../../../../../../../_server/wso2/publisherAnswers";
import { publisherCall } from "../../../../../../../_server/wso2/publisherCall";
import { deploymentsOf } from "../../../../../../../_server/wso2/revisionDto";

export const GET = publisherCall(publisherCalls.deployments, async ({ id }) =>
  (await findEntry(id)) ? answer(await deploymentsOf(id)) : noSuchApi(),
);
