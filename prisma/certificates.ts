import { X509Certificate } from "node:crypto";
import type { Problem } from "#lib/edit/api";
import { zodProblems } from "#lib/schemas/definition";
import { type CertificateInfo, NewCertificate } from "#lib/traffic/trustedCertificates";
import { type Actor, writeAudit } from "./audit";
import { database } from "./db";
import type { BackendCertificate, Prisma, PrismaClient } from "./generated/client";
import { raiseGeneration } from "./generation";
import { lock } from "./lock";
import type { Conflict, Invalid, Missing } from "./refusals";
import { isTaken } from "./taken";

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

/** One with its PEM text; null when there is none of this alias. */
export async function findCertificate(alias: string): Promise<(CertificateInfo & { pem: string }) | null> {
  const row = await database().backendCertificate.findUnique({ where: { alias } });
  return row && { ...infoOf(row), pem: row.pem };
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
  const { pem, expiresAt } = read;
  try {
    return await database().$transaction(async (tx) => {
      await lock(tx, "certificates");
      const certificate = await insert(tx, { alias, origin, pem, expiresAt }, by);
      return { ok: true, certificate, generation: await raiseGeneration(tx, KIND) } as const;
    });
  } catch (error) {
    if (!isTaken(error)) throw error;
    const message = `There is already a certificate with the alias ${alias}. Choose another one.`;
    return { ok: false, kind: "conflict", problems: [{ path: ["alias"], message }] };
  }
}

/** Another certificate, or chain, under the alias and for the origin of one that is there. */
export async function replaceCertificate(
  alias: string,
  certificate: string,
  by: Actor,
): Promise<{ ok: true; certificate: CertificateInfo; generation: number } | Invalid | Missing> {
  const parsed = NewCertificate.pick({ certificate: true }).safeParse({ certificate });
  if (!parsed.success) return { ok: false, kind: "invalid", problems: zodProblems(parsed.error) };
  const read = readCertificates(parsed.data.certificate);
  if (!read.ok) return { ok: false, kind: "invalid", problems: [read.problem] };
  const { pem, expiresAt } = read;
  return database().$transaction(async (tx) => {
    await lock(tx, "certificates");
    const there = await tx.backendCertificate.findUnique({ where: { alias } });
    if (!there) return { ok: false, kind: "missing" } as const;
    const row = await tx.backendCertificate.update({ where: { alias }, data: { pem, expiresAt } });
    const text = `Replaced the certificate ${alias} for ${row.origin}`;
    await writeAudit(tx, by, "certificate.replace", row.id, text);
    return { ok: true, certificate: infoOf(row), generation: await raiseGeneration(tx, KIND) } as const;
  });
}

export async function removeCertificate(
  id: string,
  by: Actor,
): Promise<{ ok: true; generation: number } | Missing> {
  return database().$transaction(async (tx) => {
    await lock(tx, "certificates");
    const row = await tx.backendCertificate.findUnique({ where: { id } });
    if (!row) return { ok: false, kind: "missing" } as const;
    await removeIn(tx, row, by);
    return { ok: true, generation: await raiseGeneration(tx, KIND) } as const;
  });
}

async function removeIn(tx: Prisma.TransactionClient, { id, alias, origin }: BackendCertificate, by: Actor) {
  await tx.backendCertificate.delete({ where: { id } });
  await writeAudit(tx, by, "certificate.remove", id, `Removed the certificate ${alias} for ${origin}`);
}

/** Why the generation is raised. */
export const KIND = "certificate";

type NewRow = Pick<BackendCertificate, "alias" | "origin" | "pem" | "expiresAt">;

async function insert(tx: Prisma.TransactionClient, data: NewRow, by: Actor) {
  const row = await tx.backendCertificate.create({ data });
  await writeAudit(
    tx,
    by,
    "certificate.add",
    row.id,
    `Added the certificate ${data.alias} for ${data.origin}`,
  );
  return infoOf(row);
}

/**
 * Trusts a certificate for an origin, in a transaction of the caller's, who raises the generation where one `isNew`: one
 * that is there under the alias stays, or is replaced where the other is a renewal. An alias that is another origin's gets
 * this one's name beside it. A sentence where it is no certificate, or has no alias left.
 */
export async function trustIn(
  tx: Prisma.TransactionClient,
  given: { alias: string; origin: string; certificate: string },
  by: Actor,
): Promise<{ isNew: boolean } | string> {
  await lock(tx, "certificates");
  const { origin } = given;
  const aliases = [given.alias, `${given.alias} ${origin}`.slice(0, 100)];
  const parsed = aliases
    .map((alias) => NewCertificate.safeParse({ ...given, alias }))
    .find(({ error }) => error);
  if (parsed?.error)
    return zodProblems(parsed.error)
      .map(({ message }) => message)
      .join(" ");
  const read = readCertificates(given.certificate);
  if (!read.ok) return read.problem.message;
  const rows = await tx.backendCertificate.findMany({ where: { alias: { in: aliases } } });
  const present = rows.find((row) => row.origin === origin);
  if (present?.expiresAt.getTime() === read.expiresAt.getTime()) return { isNew: false };
  if (present) await removeIn(tx, present, by);
  const alias = aliases.find((one) => !rows.some((row) => row.alias === one && row !== present));
  if (alias === undefined)
    return `The aliases ${aliases.join(" and ")} belong to other certificates. Choose another one.`;
  await insert(tx, { alias, origin, pem: read.pem, expiresAt: read.expiresAt }, by);
  return { isNew: true };
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
