import * as z from "zod";
import type { AccessRead, LiveRead, SwitchedRevision } from "#lib/feed";

/** What the files of a gateway's own copy hold. Maps and sets are lists there. */

const Row = z.object({
  apiId: z.string(),
  revisionId: z.string(),
  number: z.number(),
  paths: z.array(z.string()).nullable(),
  switches: z
    .array(z.tuple([z.string(), z.enum(["on", "draining", "off"])]))
    .transform((list) => new Map(list)),
  /** What people call it. */
  title: z.string(),
});
export type CopiedRow = z.infer<typeof Row>;

/** Which revisions are served and who may call: all of the copy but the revisions themselves. */
export const Manifest = z.object({
  /** A digest of what it says. */
  id: z.string(),
  writtenAt: z.number(),
  generation: z.number(),
  live: z.array(Row),
  blocked: z.array(z.string()),
  /** What APIs ran before whose live revision could not be served, by API id. */
  earlier: z.array(z.tuple([z.string(), z.array(Row)])).transform((list) => new Map(list)),
  trusted: z.array(z.tuple([z.string(), z.array(z.string())])).transform((list) => new Map(list)),
  auth: z.object({
    keys: z.array(z.object({ id: z.string(), publicJwk: z.string() })),
    issuers: z.array(z.object({ issuer: z.string(), jwksUrl: z.string(), audiences: z.array(z.string()) })),
    revocations: z.object({
      tokens: z.array(z.string()).transform((list) => new Set(list)),
      clients: z.array(z.tuple([z.string(), z.number()])).transform((list) => new Map(list)),
    }),
  }),
});
export type Manifest = z.infer<typeof Manifest>;

/** When a manifest was last known to say what the database says, ms. */
export const Confirmed = z.object({ id: z.string(), at: z.number() });

/** A revision with the credentials that it names, by id. */
export const CopiedRevision = z.object({
  revisionId: z.string(),
  text: z.string(),
  secrets: z.array(z.tuple([z.string(), z.string()])).transform((list) => new Map(list)),
});

/** What a manifest is to say, as it is written, but for its id and time. */
export function manifestOf(
  { generation, live, blocked }: LiveRead,
  earlier: ReadonlyMap<string, readonly SwitchedRevision[]>,
  { trusted, auth }: NonNullable<AccessRead["news"]>,
  titleOf: (revisionId: string) => string,
): z.input<typeof Manifest> & { id: ""; writtenAt: 0 } {
  const copied = ({ apiId, revisionId, number, paths, switches }: SwitchedRevision) => ({
    ...{ apiId, revisionId, number, paths: paths && [...paths] },
    ...{ switches: [...switches], title: titleOf(revisionId) },
  });
  const { keys, issuers, revocations } = auth;
  return {
    ...{ id: "", writtenAt: 0, generation, blocked },
    live: live.map(copied),
    earlier: [...earlier].map(([apiId, rows]) => [apiId, rows.map(copied)]),
    trusted: [...trusted].map(([origin, certificates]) => [origin, [...certificates]]),
    auth: {
      // Each field by its name: nothing else that a row may have one day goes along.
      keys: keys.map(({ id, publicJwk }) => ({ id, publicJwk })),
      issuers: issuers.map(({ issuer, jwksUrl, audiences }) => ({ issuer, jwksUrl, audiences })),
      revocations: { tokens: [...revocations.tokens], clients: [...revocations.clients] },
    },
  };
}
