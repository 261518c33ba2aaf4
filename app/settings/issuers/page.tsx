import { Issuers } from "#components/settings/Issuers";
import { listIssuers } from "#prisma/access/revocations";
import { builtInIssuer } from "#prisma/access/signing";
import { readGatewayStatus } from "../../_server/gatewayClient";
import { requirePage } from "../../_server/guard";
import { publisherUrl } from "../../_server/origin";
import { checkIssuer, deleteIssuer, saveIssuer } from "./actions";

export const metadata = { title: "Token issuers" };

export default async function IssuersPage() {
  await requirePage("settings.manage");
  const status = await readGatewayStatus([]);
  const issuers = (await listIssuers()).map(({ createdAt: _, ...issuer }) => ({
    ...issuer,
    gatewayProblem: status?.issuers.find((one) => one.issuer === issuer.issuer)?.problem ?? null,
  }));
  const origin = await publisherUrl();
  const own = {
    issuer: builtInIssuer(),
    jwksUrl: `${origin}/oauth2/jwks`,
    tokenUrl: `${origin}/oauth2/token`,
    revokeUrl: `${origin}/oauth2/revoke`,
  };
  return (
    <Issuers issuers={issuers} own={own} onSave={saveIssuer} onDelete={deleteIssuer} onCheck={checkIssuer} />
  );
}
