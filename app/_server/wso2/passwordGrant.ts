import { type ClientCredentials, readPasswordOrder, wrongClient, wrongPassword } from "#lib/access/oauth";
import { ADAPTER_TOKEN_SECONDS, issueAdapterToken } from "../adapterToken";
import { addressOf } from "../caller";
import { answer, refusal, unavailable } from "../oauthAnswers";
import { checkBasic, failureStatus } from "../signIn";
import { userOfClient, withoutTenant } from "./registeredClients";

/**
 * A token for a registered client's own user, by that user's password: what apictl does before every command. The pair
 * alone is nobody, and passwords are guessed here no faster than anywhere else.
 */
export async function passwordGrant(
  request: Request,
  client: ClientCredentials,
  form: string | null,
): Promise<Response> {
  const user = await userOfClient(client);
  if (!user) return refusal(request, wrongClient);
  const order = readPasswordOrder(form);
  if (!order.ok) return refusal(request, order.error);
  const { password, scopes } = order.value;
  // apictl writes the name into the form as it is, where a plus is a space.
  const username = withoutTenant(order.value.username).toLowerCase().replaceAll(" ", "+");
  if (username !== user.username) return refusal(request, wrongPassword);
  const checked = await checkBasic({ username, password }, addressOf(request.headers));
  if (!checked.ok && checked.kind !== "wrong")
    return unavailable(failureStatus[checked.kind], checked.message, checked.waitMs ?? 0);
  const token = checked.ok ? await issueAdapterToken(checked) : null;
  if (token === null) return refusal(request, wrongPassword);
  // What it may do is what the role may, whatever scopes there are in WSO2.
  const granted = scopes.length > 0 && { scope: scopes.join(" ") };
  return answer({ access_token: token, token_type: "Bearer", expires_in: ADAPTER_TOKEN_SECONDS, ...granted });
}
