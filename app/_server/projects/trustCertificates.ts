import { X509Certificate } from "node:crypto";
import type { ApiDefinition } from "#lib/edit/api";
import { httpsOrigins, originOf } from "#lib/traffic/trustedCertificates";
import type { ProjectCertificate } from "#lib/wso2/projectCertificates";
import type { Actor } from "#prisma/audit";
import { addCertificate, listCertificates, removeCertificate } from "#prisma/certificates";
import { problemText } from "#prisma/store";

/** Trusts what a project trusts; a sentence when a certificate is not one. What is trusted already stays. */
export async function trust(
  certificates: readonly ProjectCertificate[],
  definition: ApiDefinition,
  by: Actor,
): Promise<string | undefined> {
  for (const { alias, endpoint, pem } of certificates) {
    const own = originOf(endpoint);
    for (const origin of own ? [own] : httpsOrigins(definition)) {
      const problem = await trustOne({ alias, origin, certificate: pem }, by);
      if (problem) return `Endpoint-certificates, ${alias}: ${problem}`;
    }
  }
}

/** An alias that is taken by another origin gets this one's name beside it; a renewed certificate replaces the old. */
async function trustOne(
  given: { alias: string; origin: string; certificate: string },
  by: Actor,
): Promise<string | undefined> {
  const aliases = [given.alias, `${given.alias} ${given.origin}`.slice(0, 100)];
  const present = (await listCertificates([given.origin])).find(({ alias }) => aliases.includes(alias));
  if (present) {
    const expiresAt = expiryOf(given.certificate);
    if (expiresAt === undefined) return "This is not a certificate in PEM or DER form.";
    if (expiresAt === present.expiresAt) return undefined;
    await removeCertificate(present.id, by);
  }
  for (const alias of aliases) {
    const added = await addCertificate({ ...given, alias }, by);
    if (added.ok) return undefined;
    if (added.kind === "invalid") return problemText(added.problems);
  }
  return `The aliases ${aliases.join(" and ")} belong to other certificates. Choose another one.`;
}

/** ISO 8601 of the first certificate; undefined when there is none. */
function expiryOf(text: string): string | undefined {
  try {
    const der = text.includes("-----BEGIN") ? text : Buffer.from(text, "base64");
    return new Date(new X509Certificate(der).validTo).toISOString();
  } catch {
    return undefined;
  }
}
