import * as z from "zod";
import type { AuthRows, EndpointStates, LiveRevision } from "#lib/feed";
import { Role } from "#lib/schemas/role";
import { BLOCKED } from "#lib/wso2/lifeCycle";
import { SigningKeyRow } from "./access/signingKeyRow";
import { atOnce } from "./atOnce";
import type { PrismaClient } from "./generated/client";

/** What the gateway reads. It never writes (docs/design.md section 3). */

/**
 * Which revision of which API is live, the one that was deployed first first, and at which paths, with the generation
 * that this is true for; and which APIs are blocked. One read transaction, so that a deploy in between cannot pair an
 * old list with a new generation.
 */
export async function readLive(
  db: PrismaClient,
): Promise<{ generation: number; live: LiveRevision[]; blocked: string[] }> {
  const [generation, blocked, owned, live] = await atOnce(db, [
    db.generation.findFirst(),
    db.api.findMany({ where: { lifeCycle: BLOCKED }, select: { id: true } }),
    db.livePath.findMany({ select: { path: true, apiId: true } }),
    db.$queryRaw<{ apiId: string; revisionId: string; number: bigint; told: number | bigint | null }[]>`
      SELECT d."apiId", r."id" AS "revisionId", r."number", l."deploymentId" AS "told"
      FROM "Deployment" d JOIN "Revision" r ON r."id" = d."revisionId"
      LEFT JOIN "Live" l ON l."deploymentId" = d."id"
      WHERE d."id" IN (SELECT MAX("id") FROM "Deployment" GROUP BY "apiId")
      ORDER BY d."id"`,
  ]);
  const paths = new Map<string, string[]>();
  for (const { path, apiId } of owned) paths.set(apiId, [...(paths.get(apiId) ?? []), path]);
  return {
    generation: generation?.value ?? 0,
    live: live.map(({ told, number, ...row }) => ({
      ...{ ...row, number: Number(number) },
      // A deployment that an older Sluice wrote has no such row until the next publisher starts.
      paths: told === null ? null : (paths.get(row.apiId) ?? []),
    })),
    blocked: blocked.map(({ id }) => id),
  };
}

/** Most earlier revisions of an API that are looked at. */
const EARLIER = 10;

/**
 * What an API ran before what it is to run now, the newest first and each once, back to the last time that it was
 * not deployed. Revisions that were removed since are left out.
 */
export async function readEarlier(db: PrismaClient, apiId: string): Promise<LiveRevision[]> {
  const rows = await db.$queryRaw<{ revisionId: string; number: bigint }[]>`
    SELECT d."revisionId", r."number"
    FROM "Deployment" d JOIN "Revision" r ON r."id" = d."revisionId"
    WHERE d."apiId" = ${apiId}
      AND d."id" > COALESCE((SELECT MAX("id") FROM "Deployment"
        WHERE "apiId" = ${apiId} AND "revisionId" IS NULL AND "revisionNumber" IS NULL), 0)
    GROUP BY d."revisionId", r."number"
    ORDER BY MAX(d."id") DESC
    LIMIT ${EARLIER + 1}`;
  return rows.slice(1).map(({ revisionId, number }) => ({
    ...{ apiId, revisionId, number: Number(number) },
    paths: null,
  }));
}

/** The texts of revisions. They are immutable, so the gateway asks only for those it has not parsed yet. */
export async function readRevisions(db: PrismaClient, ids: readonly string[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  // SQLite limits the parameters of one statement.
  for (let i = 0; i < ids.length; i += 500) {
    const rows = await db.revision.findMany({
      where: { id: { in: ids.slice(i, i + 500) } },
      select: { id: true, definition: true },
    });
    for (const row of rows) texts.set(row.id, row.definition);
  }
  return texts;
}

/** What operators said of endpoints, by API id and endpoint id. A state that nobody can have set is left out. */
export async function readSwitches(db: PrismaClient): Promise<Map<string, EndpointStates>> {
  const rows = await db.endpointSwitch.findMany({ orderBy: [{ apiId: "asc" }, { endpointId: "asc" }] });
  const switches = new Map<string, EndpointStates>();
  for (const { apiId, endpointId, state } of rows) {
    if (state !== "on" && state !== "draining" && state !== "off") continue;
    const own = switches.get(apiId) ?? new Map();
    switches.set(apiId, own.set(endpointId, state));
  }
  return switches;
}

/** Of keys, what verifies; what signs is read where it is needed alone. */
const OwnKeyRow = SigningKeyRow.omit({ privateJwk: true });

const IssuerRow = z.object({
  issuer: z.string(),
  jwksUrl: z.string(),
  audiences: z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text))),
});

/**
 * Keys, issuers and revocations, all that there are: when one may go is for the publisher to say, and no clock that
 * jumps has the gateway forget it. A key or issuer that does not parse is left out and told to `onBad`: it costs its
 * own tokens, not everybody's.
 */
export async function readAuth(db: PrismaClient, onBad: (sentence: string) => void): Promise<AuthRows> {
  const [keys, issuers, revocations] = await atOnce(db, [
    db.signingKey.findMany({
      orderBy: [...NEWEST_KEY],
      select: { id: true, algorithm: true, publicJwk: true },
    }),
    db.issuer.findMany({ where: { enabled: true }, orderBy: { id: "asc" } }),
    db.revocation.findMany({ orderBy: { id: "asc" } }),
  ]);
  const tokens = new Set<string>();
  const clients = new Map<string, number>();
  for (const { kind, value, issuedBefore } of revocations) {
    if (kind === "token") tokens.add(value);
    else if (kind === "client") clients.set(value, Math.max(clients.get(value) ?? 0, issuedBefore.getTime()));
  }
  return {
    keys: readable(keys, OwnKeyRow, (row) => onBad(`The signing key ${row.id} cannot be read.`)),
    issuers: readable(issuers, IssuerRow, (row) => onBad(`The issuer ${row.name} cannot be read.`)),
    revocations: { tokens, clients },
  };
}

const NEWEST_KEY = [{ createdAt: "desc" }, { id: "desc" }] as const satisfies object[];

/** The key that signs, sealed; null where there is none that can be read. */
export async function newestSigningKey(db: PrismaClient): Promise<SigningKeyRow | null> {
  const row = await db.signingKey.findFirst({ orderBy: [...NEWEST_KEY] });
  return SigningKeyRow.safeParse(row).data ?? null;
}

function readable<Row, T>(rows: readonly Row[], schema: z.ZodType<T>, onBad: (row: Row) => void): T[] {
  return rows.flatMap((row) => {
    try {
      return [schema.parse(row)];
    } catch {
      onBad(row);
      return [];
    }
  });
}

/** What a user's password is checked with, and what they may then; null for an unknown or disabled one. */
export async function readSignIn(
  db: PrismaClient,
  username: string,
): Promise<{ passwordHash: string; role: Role } | null> {
  const user = await db.user.findUnique({
    where: { username },
    select: {
      disabled: true,
      role: true,
      accounts: { where: { providerId: "credential" }, select: { password: true }, take: 1 },
    },
  });
  const passwordHash = user?.accounts[0]?.password;
  if (!user || user.disabled || !passwordHash) return null;
  // A role that this version does not know gives no rights beyond reading.
  return { passwordHash, role: Role.catch("viewer").parse(user.role) };
}
