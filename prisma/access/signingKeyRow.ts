import * as z from "zod";

/** A key row as it is read, by publisher and gateway. */
export const SigningKeyRow = z.object({
  id: z.string(),
  algorithm: z.enum(["ES256", "RS256"]),
  publicJwk: z.string(),
  privateJwk: z.string(),
});
export type SigningKeyRow = z.infer<typeof SigningKeyRow>;
