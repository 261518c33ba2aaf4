import { type OAuthError, type RevocationOrder, readRevocationOrder, wrongClient } from "#lib/access/oauth";
import { clientOf } from "#lib/access/tokens";
import { checkClient, revokeOwn } from "#prisma/access/clients";
import { readOwnToken } from "#prisma/access/signing";
import { endAdapterToken, ownerOf } from "../../_server/adapterToken";
import { answering } from "../../_server/answering";
import { readFormBody, refusal, troubled } from "../../_server/oauthAnswers";
import { isRegistered, userOfClient } from "../../_server/wso2/registeredClients";

const foreign: OAuthError = {
  status: 400,
  error: "invalid_grant",
  description: "The token was issued to another client.",
};

/** Ends a token of the client that asks (RFC 7009). One that is no token any more is fine as it is. */
export const POST = answering(async (request: Request) => {
  const form = await readFormBody(request);
  if (form instanceof Response) return form;
  const order = readRevocationOrder(request.headers.get("authorization"), form);
  if (!order.ok) return refusal(request, order.error);
  const { clientId, secret, token } = order.value;
  if (isRegistered(order.value)) return revokeOfUser(request, order.value);
  if (!(await checkClient(clientId, secret))) return refusal(request, wrongClient);
  const claims = await readOwnToken(token);
  if (claims && clientOf(claims) !== clientId) return refusal(request, foreign);
  if (claims) await revokeOwn(claims, { userId: null, username: `client ${clientId}` });
  return done();
}, troubled);

const done = () => new Response(null, { status: 200, headers: { "cache-control": "no-store" } });

/** A client that apictl registered ends tokens of its own user alone. */
async function revokeOfUser(request: Request, order: RevocationOrder): Promise<Response> {
  const user = await userOfClient(order);
  if (!user) return refusal(request, wrongClient);
  const owner = await ownerOf(order.token);
  if (owner !== null && owner !== user.username) return refusal(request, foreign);
  await endAdapterToken(order.token, user);
  return done();
}
