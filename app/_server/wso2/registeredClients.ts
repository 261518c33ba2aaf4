import { createHmac, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import type { ClientCredentials } from "#lib/access/oauth";
import { keyFor } from "#lib/node/secret";
import { findByUsername, type UserInfo } from "#prisma/access/accounts";
import { ownSecret } from "#prisma/ownSecret";
import { fingerprint } from "../adapterToken";

/**
 * Clients that apictl registers for a user, at each login again. Nothing is stored of them: the id says whose it is, and
 * the secret is made of the id and of the user's password, with which it ends. Both are the same each time, so that a
 * second machine's login does not end the first one's.
 */

const PREFIX = "dcr.";
/** Longest client id that is looked at, characters (lib/access/oauth.ts). */
const MAX_ID = 200;
const FORM = /^dcr\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{43})$/;

const Named = z.tuple([z.string(), z.string()]);

function mac(text: string): string {
  return createHmac("sha256", keyFor(ownSecret(), "registered-client")).update(text).digest("base64url");
}

const secretOf = (clientId: string, passwordHash: string) =>
  mac(`secret ${clientId} ${fingerprint(passwordHash)}`);

/** Null where user and name are too long for an id. @param passwordHash of the password that was right */
export function registerClient(
  username: string,
  clientName: string,
  passwordHash: string,
): ClientCredentials | null {
  const named = Buffer.from(JSON.stringify([username, clientName])).toString("base64url");
  const clientId = `${PREFIX}${named}.${mac(named)}`;
  return clientId.length > MAX_ID ? null : { clientId, secret: secretOf(clientId, passwordHash) };
}

export const isRegistered = ({ clientId }: ClientCredentials) => clientId.startsWith(PREFIX);

/** The user of a registered client whose secret is right. */
export async function userOfClient({ clientId, secret }: ClientCredentials): Promise<UserInfo | null> {
  const [, named = "", given = ""] = FORM.exec(clientId) ?? [];
  if (named === "" || !isSame(given, mac(named))) return null;
  const [username] = Named.parse(JSON.parse(Buffer.from(named, "base64url").toString()));
  const found = await findByUsername(username);
  if (!found?.passwordHash || found.user.disabled) return null;
  return isSame(secret, secretOf(clientId, found.passwordHash)) ? found.user : null;
}

function isSame(given: string, wanted: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/** WSO2 has tenants, and apictl may name the one that there is. */
export const withoutTenant = (username: string) => username.trim().replace(/@carbon\.super$/i, "");
