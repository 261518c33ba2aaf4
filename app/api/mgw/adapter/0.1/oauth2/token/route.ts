import { Credentials } from "#lib/access/users";
import { answer, refusal, troubled } from "../../../../../../_server/adapterAnswers";
import { issueAdapterToken } from "../../../../../../_server/adapterToken";
import { answering } from "../../../../../../_server/answering";
import { addressOf } from "../../../../../../_server/caller";
import { retryAfter } from "../../../../../../_server/guard";
import { readJson } from "../../../../../../_server/readJson";
import { checkBasic, failureStatus } from "../../../../../../_server/signIn";

const ASKED = { maxBytes: 4_000, words: "Send {username, password} as JSON." };

/** `apictl mg login`: `{username, password}` for `{accessToken}`. */
export const POST = answering(async (request: Request) => {
  const read = await readJson(request, Credentials, ASKED);
  if (!read.ok) return refusal(read.status, read.message);
  const result = await checkBasic(read.body, addressOf(request.headers));
  if (!result.ok && result.kind !== "wrong")
    return refusal(failureStatus[result.kind], result.message, retryAfter(result.waitMs ?? 0));
  const accessToken = result.ok ? await issueAdapterToken(result) : null;
  if (!accessToken)
    return refusal(401, "The user name or the password is wrong, or the account is disabled.");
  return answer({ accessToken });
}, troubled);
