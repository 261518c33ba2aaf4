import { createPublicKey, type KeyObject } from "node:crypto";

/** How long it is valid: what browsers still accept of a certificate they were told to trust, days. */
const VALID_DAYS = 730;
const DAY_MS = 86_400_000;
const SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** Makes a certificate for localhost, 127.0.0.1 and ::1 with a P-256 key, valid from a day before `now`. PEM. */
export async function selfSignedCertificate(key: KeyObject, now: Date): Promise<string> {
  // Loaded only when there is one to make. The library finds its parts by decorators, which need the other first.
  await import("reflect-metadata");
  const x509 = await import("@peculiar/x509");
  const { subtle } = crypto;
  const der = { type: "pkcs8", format: "der" } as const;
  const spki = createPublicKey(key).export({ type: "spki", format: "der" });
  const keys = {
    privateKey: await subtle.importKey("pkcs8", key.export(der), algorithm, false, ["sign"]),
    publicKey: await subtle.importKey("spki", spki, algorithm, true, ["verify"]),
  };
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: "CN=Sluice gateway",
    notBefore: new Date(now.getTime() - DAY_MS),
    notAfter: new Date(now.getTime() + VALID_DAYS * DAY_MS),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      // Digital signature alone: what TLS 1.3 and ECDHE need.
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([SERVER_AUTHENTICATION]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false),
      await x509.AuthorityKeyIdentifierExtension.create(keys.publicKey, false),
      new x509.SubjectAlternativeNameExtension([
        { type: "dns", value: "localhost" },
        { type: "ip", value: "127.0.0.1" },
        { type: "ip", value: "::1" },
      ]),
    ],
  });
  return `${certificate.toString("pem")}\n`;
}
