import { httpsOrigins, originOf } from "#lib/traffic/trustedCertificates";
import { newestDeployment } from "./apis";
import { database } from "./db";
import { parseText } from "./documents";
import { type ApiEntry, listEntries } from "./labelledApis";

/** The APIs, by name and version, whose draft or live revision has requests go to this origin. */
export async function apisAt(origin: string): Promise<ApiEntry[]> {
  // Only what names it somewhere is read whole.
  const rows = await database().$queryRaw<{ id: string; url: string }[]>`
    SELECT DISTINCT d."id", t."value" AS "url" FROM (
      SELECT a."id", a."draft" AS "text" FROM "Api" a
      UNION ALL
      SELECT d."apiId", r."definition" FROM "Deployment" d JOIN "Revision" r ON r."id" = d."revisionId"
      WHERE d."id" IN (SELECT MAX("id") FROM "Deployment" GROUP BY "apiId")
    ) d, json_tree(CASE WHEN json_valid(d."text") THEN d."text" ELSE '{}' END) t
    WHERE t."key" IN ('url', 'tokenUrl') AND t."type" = 'text'`;
  const named = [...new Set(rows.filter(({ url }) => originOf(url) === origin).map(({ id }) => id))];
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
