import * as z from "zod";
import { securityKinds } from "../model/endpointTerms";

/**
 * A credential in a document. `id` names a sealed row of the same API; `plain` is a new value on its way from the
 * person who typed it to the store, which turns it into an id; null is none.
 */
export const SecretRef = z
  .union([
    z.strictObject({ id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/) }),
    z.strictObject({
      plain: z
        .string()
        .min(1)
        .max(8_000, "A secret has at most 8000 characters.")
        .refine((text) => !/\p{Cc}/u.test(text), "A secret has no line breaks or other control characters."),
    }),
  ])
  .nullable()
  .default(null);
export type SecretRef = z.infer<typeof SecretRef>;

/** Text that goes into a header or a form: no control characters. */
const text = (max: number) =>
  z
    .string()
    .max(max, `At most ${max} characters.`)
    .refine(
      (value) => !/\p{Cc}/u.test(value),
      "Line breaks and other control characters are not possible here.",
    )
    .default("");

const Login = z.object({ username: text(500), password: SecretRef });

export const OAuth2 = z.object({
  grant: z.enum(["clientCredentials", "password"]).default("clientCredentials"),
  tokenUrl: text(2_000),
  clientId: text(500),
  clientSecret: SecretRef,
  /** Of the password grant. */
  username: text(500),
  password: SecretRef,
  /** Separated by spaces, as they are sent. */
  scopes: text(2_000),
  /** Where the client's id and secret go: HTTP Basic, or the form (RFC 6749, 2.3.1). */
  clientIn: z.enum(["header", "body"]).default("header"),
  /** What else the token server wants: `name=value`, a line each. */
  parameters: z
    .string()
    .max(4_000, "At most 4000 characters.")
    .refine((value) => !/(?!\n)\p{Cc}/u.test(value), "Control characters are not possible here.")
    .default(""),
});
export type OAuth2 = z.infer<typeof OAuth2>;

export const ApiKey = z.object({
  in: z.enum(["header", "query"]).default("header"),
  name: text(200),
  value: SecretRef,
});

/** The kind stands beside what each kind needs: choosing another one loses nothing (docs/design.md section 4.1). */
export const EndpointSecurity = z.object({
  kind: z.enum(securityKinds).default("none"),
  basic: Login.prefault({}),
  digest: Login.prefault({}),
  oauth2: OAuth2.prefault({}),
  apiKey: ApiKey.prefault({}),
});
export type EndpointSecurity = z.infer<typeof EndpointSecurity>;
