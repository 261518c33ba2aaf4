import * as z from "zod";
import { readBasic } from "#lib/access/basic";
import { answering } from "../../../_server/answering";
import { addressOf } from "../../../_server/caller";
import { retryAfter } from "../../../_server/guard";
import { readJson } from "../../../_server/readJson";
import { checkBasic, failureStatus } from "../../../_server/signIn";
import { answer, refusal, troubled } from "../../../_server/wso2/publisherAnswers";
import { registerClient, withoutTenant } from "../../../_server/wso2/registeredClients";

const Wanted = z.object({ clientName: z.string().min(1), callbackUrl: z.string().nullish() });
const ASKED = { maxBytes: 4_000, words: "Send a JSON object with clientName." };
/** Longest user name and password that are looked at, characters. */
const MAX_CREDENTIAL = 1_000;

/** `apictl login -u -p`: a client for the user whose name and password come by HTTP Basic. */
export const POST = answering(async (request: Request) => {
  const basic = readBasic(request.headers.get("authorization"), MAX_CREDENTIAL);
  if (!basic) return unauthorized("Send a user's name and password by HTTP Basic.");
  const credentials = { username: withoutTenant(basic.name), password: basic.password };
  const result = await checkBasic(credentials, addressOf(request.headers));
  if (!result.ok) {
    if (result.kind === "wrong") return unauthorized(result.message);
    return refusal(failureStatus[result.kind], result.message, { headers: retryAfter(result.waitMs ?? 0) });
  }
  const read = await readJson(request, Wanted, ASKED);
  if (!read.ok) return refusal(read.status, read.message);
  const { clientName, callbackUrl } = read.body;
  const { username } = result.user;
  const client = registerClient(username, clientName, result.hash);
  if (!client) return refusal(400, "User name and clientName are too long together.");
  const grants = "password";
  return answer({
    clientId: client.clientId,
    clientName,
    callBackURL: callbackUrl ?? "",
    clientSecret: client.secret,
    isSaasApplication: true,
    appOwner: username,
    jsonString: JSON.stringify({ grant_types: grants }),
    jsonAppAttribute: "{}",
    tokenType: "JWT",
  });
}, troubled);

const unauthorized = (message: string) =>
  refusal(401, message, { code: 900901, headers: { "www-authenticate": 'Basic realm="Sluice"' } });
