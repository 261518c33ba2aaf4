import { publisherCalls } from "#lib/contract/publisherRest";
import { originOf } from "#lib/traffic/trustedCertificates";
import { addCertificate, listCertificates } from "#prisma/certificates";
import { problemText } from "#prisma/store";
import { confirmed } from "../../../../../_server/gatewayClient";
import { certificateText, metadataOf } from "../../../../../_server/wso2/certificateDto";
import { pageOf } from "../../../../../_server/wso2/pages";
import { answer, refusal } from "../../../../../_server/wso2/publisherAnswers";
import { publisherCall } from "../../../../../_server/wso2/publisherCall";

export const GET = publisherCall(publisherCalls.certificates, async ({ query }) => {
  const { alias, endpoint } = query;
  const origin = originOf(endpoint);
  const all = (await listCertificates(origin ? [origin] : undefined)).filter(
    (one) =>
      (alias === "" || one.alias === alias) && (origin || one.origin.includes(endpoint.trim().toLowerCase())),
  );
  const asked = { ...(alias && { alias }), ...(endpoint && { endpoint }) };
  const { items, pagination } = pageOf(all, query, "/endpoint-certificates", asked);
  return answer({ count: items.length, certificates: items.map(metadataOf), pagination });
});

/** Takes effect on live traffic at once. */
export const POST = publisherCall(publisherCalls.addCertificate, async ({ user, file, fields }) => {
  const origin = originOf(fields.endpoint);
  if (!origin) return refusal(400, "endpoint is an https URL, such as https://orders.example:8443.");
  const certificate = certificateText(file ?? Buffer.alloc(0));
  const added = await addCertificate({ alias: fields.alias, origin, certificate }, user);
  if (!added.ok) return refusal(added.kind === "conflict" ? 409 : 400, problemText(added.problems));
  await confirmed(added.generation);
  const { alias } = added.certificate;
  const location = `/api/am/publisher/v4/endpoint-certificates/${encodeURIComponent(alias)}`;
  return answer(metadataOf(added.certificate), 201, { location });
});
