import { X509Certificate } from "node:crypto";
import type { Problem } from "#lib/edit/api";
import { zodProblems } from "#lib/schemas/definition";
import { type CertificateInfo, NewCertificate } from "#lib/traffic/trustedCertificates";
import { type Actor, writeAudit } from "./audit";
import { database } from "./db";
import { Prisma, type PrismaClient } from "./generated/client";
import type { Conflict, Invalid, Missing } from "./refusals";

/**
 * Certificates of backends. They take effect at once and without a deployment: each write tells the gateway by a
 * Change row, in one transaction with the row itself and what the audit list says of it.
 */

/** All, or those for the given origins, by alias. */
export async function listCertificates(origins?: readonly string[]): Promise<CertificateInfo[]> {
  const rows = await database().backendCertificate.findMany({
    where: origins && { origin: { in: [...origins] } },
    orderBy: { alias: "asc" },
  });
  return rows.map(infoOf);
}

/** Those for the given origins with their PEM texts, for exports: certificates are public. */
export async function trustedBy(
  origins: readonly string[],
): Promise<{ alias: string; origin: string; pem: string }[]> {
  return database().backendCertificate.findMany({
    where: { origin: { in: [...origins] } },
    select: { alias: true, origin: true, pem: true },
    orderBy: { alias: "asc" },
  });
}

/** Adds a certificate, or a chain of them. One that has expired is taken too: the list says so. */
export async function addCertificate(
  input: unknown,
  by: Actor,
): Promise<{ ok: true; certificate: CertificateInfo; generation: number } | Invalid | Conflict> {
  const parsed = NewCertificate.safeParse(input);
  if (!parsed.success) return { ok: false, kind: "invalid", problems: zodProblems(parsed.error) };
  const { alias, origin, certificate } = parsed.data;
  const read = readCertificates(certificate);
  if (!read.ok) return { ok: false, kind: "invalid", problems: [read.problem] };
  try {
    return await database().$transaction(async (tx) => {
      const data = { alias, origin, pem: read.pem, expiresAt: read.expiresAt };
      const row = await tx.backendCertificate.create({ data });
      const change = await tx.change.create({ data: { kind: "certificate" } });
      await writeAudit(tx, by, "certificate.add", row.id, `Added the certificate ${alias} for ${origin}`);
      return { ok: true, certificate: infoOf(row), generation: change.id };
    });
  } catch (error) {
    if (!(error instanceof Prisma.PrismaClientKnownRequestError) || error.code !== "P2002") throw error;
    const message = `There is already a certificate with the alias ${alias}. Choose another one.`;
    return { ok: false, kind: "conflict", problems: [{ path: ["alias"], message }] };
  }
}

export async function removeCertificate(
  id: string,
  by: Actor,
): Promise<{ ok: true; generation: number } | Missing> {
  return database().$transaction(async (tx) => {
    const row = await tx.backendCertificate.findUnique({ where: { id } });
    if (!row) return { ok: false, kind: "missing" } as const;
    await tx.backendCertificate.delete({ where: { id } });
    const change = await tx.change.create({ data: { kind: "certificate" } });
    const text = `Removed the certificate ${row.alias} for ${row.origin}`;
    await writeAudit(tx, by, "certificate.remove", id, text);
    return { ok: true, generation: change.id } as const;
  });
}

/** For whoever connects: PEM texts by origin, all or of one. One that no longer reads is left out. */
export async function readTrusted(db: PrismaClient, origin?: string): Promise<ReadonlyMap<string, string[]>> {
  const rows = await db.backendCertificate.findMany({
    where: { origin },
    select: { origin: true, pem: true },
    orderBy: { id: "asc" },
  });
  const trusted = new Map<string, string[]>();
  for (const { origin, pem } of rows) {
    if (readCertificates(pem).ok) trusted.set(origin, [...(trusted.get(origin) ?? []), pem]);
  }
  return trusted;
}

type Read = { ok: true; pem: string; expiresAt: Date } | { ok: false; problem: Problem };

/** PEM, one or several, or the base64 of one DER certificate. What is stored is PEM and nothing but certificates. */
function readCertificates(text: string): Read {
  const refuse = (message: string): Read => ({ ok: false, problem: { path: ["certificate"], message } });
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) {
    return refuse(
      "This is or contains a private key. Add the certificate alone, and treat the key as known.",
    );
  }
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  try {
    const certificates = blocks
      ? blocks.map((block) => new X509Certificate(block))
      : [new X509Certificate(Buffer.from(text, "base64"))];
    const ends = certificates.map(({ validTo }) => Date.parse(validTo));
    return { ok: true, pem: certificates.map(String).join(""), expiresAt: new Date(Math.min(...ends)) };
  } catch {
    return refuse("This is not a certificate in PEM or DER form.");
  }
}

function infoOf(row: { id: string; alias: string; origin: string; pem: string; expiresAt: Date }) {
  const { id, alias, origin, expiresAt } = row;
  return { id, alias, origin, subject: subjectOf(row.pem), expiresAt: expiresAt.toISOString() };
}

function subjectOf(pem: string): string {
  try {
    const { subject, subjectAltName } = new X509Certificate(pem);
    return subject?.split("\n").join(", ") || subjectAltName || "no subject";
  } catch {
    return "unreadable";
  }
}
