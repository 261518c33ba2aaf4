import { type OAuthError, readRevocationOrder, wrongClient } from "#lib/access/oauth";
import { clientOf } from "#lib/access/tokens";
import { checkClient, revokeOwn } from "#prisma/access/clients";
import { readOwnToken } from "#prisma/access/signing";
import { answering } from "../../_server/answering";
import { readFormBody, refusal, troubled } from "../../_server/oauthAnswers";

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
  if (!(await checkClient(clientId, secret))) return refusal(request, wrongClient);
  const claims = await readOwnToken(token);
  if (claims && clientOf(claims) !== clientId) return refusal(request, foreign);
  if (claims) await revokeOwn(claims, { userId: null, username: `client ${clientId}` });
  return new Response(null, { status: 200, headers: { "cache-control": "no-store" } });
}, troubled);
