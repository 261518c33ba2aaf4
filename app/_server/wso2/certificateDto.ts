import { X509Certificate } from "node:crypto";
import { expiryOf } from "#lib/traffic/trustedCertificates";
import type { findCertificate } from "#prisma/certificates";

/** Certificates of backends in the form of WSO2's clients. */

export const metadataOf = ({ alias, origin }: { alias: string; origin: string }) => ({
  alias,
  endpoint: origin,
});

type Stored = NonNullable<Awaited<ReturnType<typeof findCertificate>>>;

/** Of a chain: the first one, with the end of whichever ends first. */
export function detailsOf({ pem, subject, expiresAt }: Stored) {
  const status = expiryOf(expiresAt, Date.now()) === "expired" ? "Expired" : "Active";
  const { from, version } = firstOf(pem);
  return { status, validity: { from, to: expiresAt }, version, subject };
}

/** What is empty cannot be read any more. */
function firstOf(pem: string): { from: string; version: string } {
  try {
    const first = new X509Certificate(pem);
    return { from: new Date(first.validFrom).toISOString(), version: versionOf(first.raw) };
  } catch {
    return { from: "", version: "" };
  }
}

/** RFC 5280 section 4.1: [0] at the beginning of the inner sequence, which the first version has not. */
function versionOf(der: Buffer): string {
  const inside = (at: number) => at + 2 + ((der[at + 1] ?? 0) & 0x80 ? (der[at + 1] ?? 0) & 0x7f : 0);
  const at = inside(inside(0));
  return String(der[at] === 0xa0 ? (der[at + 4] ?? 0) + 1 : 1);
}

/** The file of a form as it is stored: PEM stays, DER becomes base64. */
export function certificateText(file: Buffer): string {
  const text = file.toString("latin1");
  return text.includes("-----BEGIN ") ? text : file.toString("base64");
}
