import { clientIn, readTokenOrder } from "#lib/access/oauth";
import { issueForClient } from "#prisma/access/clients";
import { answering } from "../../_server/answering";
import { answer, readFormBody, refusal, troubled } from "../../_server/oauthAnswers";
import { passwordGrant } from "../../_server/wso2/passwordGrant";
import { isRegistered } from "../../_server/wso2/registeredClients";

/**
 * The token endpoint for applications, by client credentials (RFC 6749, section 4.4), and for the clients that apictl
 * registers, by password.
 */
export const POST = answering(async (request: Request) => {
  const form = await readFormBody(request);
  if (form instanceof Response) return form;
  const authorization = request.headers.get("authorization");
  const client = clientIn(authorization, form);
  if (client && isRegistered(client)) return passwordGrant(request, client, form);
  const order = readTokenOrder(authorization, form);
  if (!order.ok) return refusal(request, order.error);
  const issued = await issueForClient(order.value);
  if (!issued.ok) return refusal(request, issued.error);
  const { token, scopes } = issued;
  return answer({
    access_token: token.token,
    token_type: "Bearer",
    expires_in: token.validitySeconds,
    ...(scopes.length > 0 && { scope: scopes.join(" ") }),
  });
}, troubled);
