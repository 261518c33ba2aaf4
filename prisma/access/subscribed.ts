import * as z from "zod";
import { type SubscribedApi, subscribedApi } from "#lib/access/tokens";
import type { Prisma } from "../generated/client";
import { tokenWords } from "../insideDocuments";

const Words = z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text)));
const Row = z.object({
  name: z.string(),
  context: z.string(),
  version: z.string(),
  scopes: Words,
  audiences: Words,
});

/**
 * What an application's token names: the APIs it is subscribed to as the gateway knows them, which is by their live
 * revision (else by the draft, for later), the scopes that their resources ask for, and the audiences that they want.
 */
export async function subscribedApis(
  tx: Pick<Prisma.TransactionClient, "$queryRaw">,
  applicationId: string,
): Promise<{ apis: SubscribedApi[]; scopes: ReadonlySet<string>; audiences: string[] }> {
  const rows = await tx.$queryRaw<unknown[]>`
    WITH doc AS (
      SELECT s."apiId" AS id, COALESCE(r."definition", a."draft") AS text
      FROM "Subscription" s
      JOIN "Api" a ON a."id" = s."apiId"
      LEFT JOIN "Deployment" d ON d."id" = (SELECT MAX("id") FROM "Deployment" WHERE "apiId" = s."apiId")
      LEFT JOIN "Revision" r ON r."id" = d."revisionId"
      WHERE s."applicationId" = ${applicationId})
    ${tokenWords()}`;
  const read = rows.map((row) => Row.parse(row));
  return {
    apis: read.map((api) => subscribedApi(api)),
    scopes: new Set(read.flatMap(({ scopes }) => scopes)),
    audiences: [...new Set(read.flatMap(({ audiences }) => audiences))],
  };
}
