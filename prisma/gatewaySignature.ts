import { createHmac, timingSafeEqual } from "node:crypto";
import type { Announced } from "#lib/gateways";
import { keyFor } from "#lib/node/secret";

/**
 * Proof that a row of `Gateway` is from a gateway of this installation. Who can write the database alone cannot make it,
 * and so cannot have the publisher ask an address of theirs. It is over what the row says but the times, which are the
 * database's.
 */
export function gatewaySignature(secret: Buffer, said: Announced): string {
  const { id, instance, name, version, httpUrl, httpsUrl, adminUrl, generation, problems } = said;
  const text = JSON.stringify([
    ...[id, instance, name, version, httpUrl, httpsUrl, adminUrl],
    ...[generation, problems],
  ]);
  return createHmac("sha256", keyFor(secret, "gateway-rows")).update(text).digest("base64url");
}

/** Whether a row says what it was signed for. */
export function isSignedBy(
  secret: Buffer,
  { signature, ...said }: Announced & { signature: string },
): boolean {
  const wanted = Buffer.from(gatewaySignature(secret, said));
  const given = Buffer.from(signature);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** The sentences of a row, whose text anybody may have written. */
export function readProblems(text: string): string[] {
  try {
    const read: unknown = JSON.parse(text);
    return Array.isArray(read) ? read.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}
