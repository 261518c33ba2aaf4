import * as z from "zod";
import { type ApiDefinition, allGroups } from "../edit/api";
import { keyTypes } from "../edit/endpoints";

/** Certificates that backends are trusted by, each for one origin, beside the authorities that everybody trusts. */

/** A certificate that ends sooner than this is worth a warning, ms: 30 days. */
export const EXPIRES_SOON_MS = 30 * 86_400_000;

export const NewCertificate = z.object({
  origin: z
    .string()
    .max(300)
    .refine((text) => originOf(text) === text, "Choose an https endpoint or the server of a token issuer."),
  alias: z
    .string()
    .trim()
    .min(1, "Enter an alias.")
    .max(100, "An alias has at most 100 characters.")
    .refine((text) => !/\p{Cc}/u.test(text), "An alias has no line breaks.")
    .refine((text) => !/\p{Cs}/u.test(text), "An alias has no halves of characters."),
  /** PEM text, or the base64 of a DER file. */
  certificate: z
    .string()
    .trim()
    .min(1, "Choose a file, or paste a certificate.")
    .max(100_000, "This is larger than certificates are (100000 characters)."),
});
export type NewCertificate = z.infer<typeof NewCertificate>;

/** A stored certificate as it is shown. Times are ISO 8601. */
export interface CertificateInfo {
  id: string;
  alias: string;
  origin: string;
  /** Whom it names, in one line. */
  subject: string;
  expiresAt: string;
}

/** Scheme, host and port of an https URL; undefined for anything else. */
export function originOf(url: string): string | undefined {
  if (!URL.canParse(url.trim())) return undefined;
  const { protocol, origin } = new URL(url.trim());
  return protocol === "https:" ? origin : undefined;
}

/** The https origins that an API's requests go to, token servers included; each once, in order of appearance. */
export function httpsOrigins(definition: ApiDefinition): string[] {
  const origins = new Set<string>();
  const add = (url: string) => {
    const origin = originOf(url);
    if (origin !== undefined) origins.add(origin);
  };
  for (const { groups } of allGroups(definition)) {
    for (const keyType of keyTypes) {
      for (const endpoint of groups[keyType].endpoints) add(endpoint.url);
      const { kind, oauth2 } = groups[keyType].security;
      if (kind === "oauth2") add(oauth2.tokenUrl);
    }
  }
  return [...origins];
}

/** "expired", "soon" or "fine" at `now`, ms since 1970. */
export function expiryOf(expiresAt: string, now: number): "expired" | "soon" | "fine" {
  const left = Date.parse(expiresAt) - now;
  return left <= 0 ? "expired" : left < EXPIRES_SOON_MS ? "soon" : "fine";
}
