import { Credentials } from "#lib/access/users";
import { answer, refusal } from "../../../../../../_server/adapterAnswers";
import { issueAdapterToken } from "../../../../../../_server/adapterToken";
import { retryAfter } from "../../../../../../_server/guard";
import { checkBasic, failureStatus } from "../../../../../../_server/signIn";

/** Largest body, characters. */
const MAX_BODY = 4_000;

/** `apictl mg login`: `{username, password}` for `{accessToken}`. */
export async function POST(request: Request) {
  const text = await request.text();
  const body = text.length > MAX_BODY ? null : Credentials.safeParse(json(text));
  if (!body?.success) return refusal(400, "Send {username, password} as JSON.");
  const result = await checkBasic(body.data, request.headers.get("x-sluice-address") ?? "unknown");
  if (!result.ok && result.kind !== "wrong")
    return refusal(failureStatus[result.kind], result.message, retryAfter(result.waitMs ?? 0));
  const accessToken = result.ok ? await issueAdapterToken(result.user.username) : null;
  if (!accessToken)
    return refusal(401, "The user name or the password is wrong, or the account is disabled.");
  return answer({ accessToken });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
