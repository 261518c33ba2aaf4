import * as z from "zod";

/**
 * Which keys of a key set (RFC 7517) tokens are verified with, and for which signatures. Only asymmetric ones, and
 * each only for algorithms that belong to it (RFC 7518, 3.1; RFC 8037; RFC 9864): a token's header chooses among
 * them and can never turn a public key into a shared secret.
 */

const ofRsa = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"] as const;
const ofCurve = { "P-256": "ES256", "P-384": "ES384", "P-521": "ES512" } as const;
/** Two names for the same signature. */
const ofEd25519 = ["EdDSA", "Ed25519"] as const;

export const algorithms = [...ofRsa, ...Object.values(ofCurve), ...ofEd25519] as const;
export type Algorithm = (typeof algorithms)[number];

/** Most keys of a set that are looked at. */
export const MAX_KEYS = 100;

export const Jwks = z.object({ keys: z.array(z.unknown()) });

const About = z.object({
  /** "" when the issuer gives it no name. */
  kid: z.string().max(500).default(""),
  /** Restricts the key to this one; absent: whatever fits it. */
  alg: z.string().optional(),
  use: z.literal("sig").default("sig"),
  key_ops: z.array(z.string()).default(["verify"]),
});

/** Only the public members: a document that shows a private key is still just a public key to us. */
const PublicMembers = z.discriminatedUnion("kty", [
  z.object({ kty: z.literal("RSA"), n: z.string(), e: z.string() }),
  z.object({ kty: z.literal("EC"), crv: z.enum(["P-256", "P-384", "P-521"]), x: z.string(), y: z.string() }),
  z.object({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: z.string() }),
]);
export type PublicMembers = z.infer<typeof PublicMembers>;

/** What one entry of a key set says; null when tokens are not verified with it. */
export function readJwk(
  jwk: unknown,
): { kid: string; algorithms: readonly Algorithm[]; members: PublicMembers } | null {
  const about = About.safeParse(jwk);
  const members = PublicMembers.safeParse(jwk);
  if (!about.success || !members.success || !about.data.key_ops.includes("verify")) return null;
  const { kid, alg } = about.data;
  const usable = fitting(members.data).filter((one) => alg === undefined || alg === one);
  return usable.length > 0 ? { kid, algorithms: usable, members: members.data } : null;
}

function fitting(members: PublicMembers): readonly Algorithm[] {
  switch (members.kty) {
    case "RSA":
      return ofRsa;
    case "EC":
      return [ofCurve[members.crv]];
    case "OKP":
      return ofEd25519;
  }
}
