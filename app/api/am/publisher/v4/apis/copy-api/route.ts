import { publisherCalls } from "#lib/contract/publisherRest";
import { copyApi } from "#prisma/copyApi";
import { problemText } from "#prisma/store";
import { ApiId } from "../../../../../../_server/guard";
import { answerApi } from "../../../../../../_server/wso2/apiWriting";
import { noSuchApi, refusal } from "../../../../../../_server/wso2/publisherAnswers";
import { publisherCall } from "../../../../../../_server/wso2/publisherCall";

/** WSO2's numbers for a version, and a path, that are taken. */
const TAKEN_VERSION = 900252;
const TAKEN_CONTEXT = 900251;

/** *Create New Version* of WSO2. */
export const POST = publisherCall(publisherCalls.copy, async ({ user, query }) => {
  const { apiId, newVersion: version, defaultVersion: isDefaultVersion } = query;
  if (!ApiId.safeParse(apiId).success) return noSuchApi();
  const copied = await copyApi(apiId, { version, isDefaultVersion }, user);
  if (copied.ok) return answerApi(copied.id, 201, []);
  if (copied.kind === "missing") return noSuchApi();
  const words = problemText(copied.problems);
  if (copied.kind === "invalid") return refusal(400, words);
  const code = copied.problems[0]?.path[0] === "context" ? TAKEN_CONTEXT : TAKEN_VERSION;
  return refusal(409, words, { code });
});
