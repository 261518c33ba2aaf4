import { publisherCalls } from "#lib/contract/publisherRest";
import { findCertificate, removeCertificate, replaceCertificate } from "#prisma/certificates";
import { problemText } from "#prisma/store";
import { confirmed } from "../../../../../../_server/gatewayClient";
import { certificateText, detailsOf, metadataOf } from "../../../../../../_server/wso2/certificateDto";
import { answer, noSuchCertificate, nothing, refusal } from "../../../../../../_server/wso2/publisherAnswers";
import { publisherCall } from "../../../../../../_server/wso2/publisherCall";

export const GET = publisherCall(publisherCalls.certificate, async ({ path }) => {
  const found = await findCertificate(path.alias ?? "");
  return found ? answer(detailsOf(found)) : noSuchCertificate();
});

/** A renewal: alias and server stay. */
export const PUT = publisherCall(publisherCalls.replaceCertificate, async ({ user, path, file }) => {
  const text = certificateText(file ?? Buffer.alloc(0));
  const replaced = await replaceCertificate(path.alias ?? "", text, user);
  if (!replaced.ok)
    return replaced.kind === "missing" ? noSuchCertificate() : refusal(400, problemText(replaced.problems));
  await confirmed(replaced.generation);
  return answer(metadataOf(replaced.certificate));
});

export const DELETE = publisherCall(publisherCalls.deleteCertificate, async ({ user, path }) => {
  const found = await findCertificate(path.alias ?? "");
  const removed = found && (await removeCertificate(found.id, user));
  if (!removed?.ok) return noSuchCertificate();
  await confirmed(removed.generation);
  return nothing();
});
