import { httpsOrigins, originOf } from "#lib/traffic/trustedCertificates";
import { newestDeployment } from "./apis";
import { database } from "./db";
import { parseText } from "./documents";
import { membersNamed } from "./insideDocuments";
import { type ApiEntry, listEntries } from "./labelledApis";

/** The APIs, by name and version, whose draft or live revision has requests go to this origin. */
export async function apisAt(origin: string): Promise<ApiEntry[]> {
  // Only what names it somewhere is read whole.
  const rows = await database().$queryRaw<{ id: string; value: string }[]>`
    WITH doc AS (
      SELECT "id" AS id, "draft" AS text FROM "Api"
      UNION ALL
      SELECT d."apiId", r."definition" FROM "Deployment" d JOIN "Revision" r ON r."id" = d."revisionId"
      WHERE d."id" IN (SELECT MAX("id") FROM "Deployment" GROUP BY "apiId"))
    ${membersNamed(["url", "tokenUrl"])}`;
  const named = [...new Set(rows.filter(({ value }) => originOf(value) === origin).map(({ id }) => id))];
  const apis = await database().api.findMany({ where: { id: { in: named } }, include: newestDeployment });
  const using = apis.filter(({ draft, deployments: [newest] }) =>
    [draft, newest?.revision?.definition].some((text) => {
      const parsed = text === undefined ? null : parseText(text);
      return parsed?.ok && httpsOrigins(parsed.definition).includes(origin);
    }),
  );
  const ids = new Set(using.map(({ id }) => id));
  return (await listEntries()).filter(({ id }) => ids.has(id));
}
