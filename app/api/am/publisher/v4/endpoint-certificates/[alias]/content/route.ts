import { publisherCalls } from "#lib/contract/publisherRest";
import { findCertificate } from "#prisma/certificates";
import { noSuchCertificate } from "../../../../../../../_server/wso2/publisherAnswers";
import { publisherCall } from "../../../../../../../_server/wso2/publisherCall";

export const GET = publisherCall(publisherCalls.certificateFile, async ({ path }) => {
  const found = await findCertificate(path.alias ?? "");
  if (!found) return noSuchCertificate();
  // Header values are Latin-1, and quotes would end the name.
  const name = found.alias.replace(/[^A-Za-z0-9._-]+/g, "_");
  const headers = {
    "content-type": "application/octet-stream",
    "content-disposition": `attachment; filename="${name}.crt"`,
    "cache-control": "no-store",
  };
  return new Response(found.pem, { headers });
});
