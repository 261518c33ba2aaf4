import * as z from "zod";
import type { KeyType } from "../model/endpointTerms";

/** What a person enters about a consumer of APIs. */
export const ApplicationInput = z.object({
  name: z
    .string()
    .trim()
    .min(1, "Enter a name.")
    .max(60, "A name has at most 60 characters.")
    .regex(/^\P{Cc}*$/u, "A name must not contain control characters.")
    .regex(/^\P{Cs}*$/u, "A name must not contain half a character."),
  description: z.string().trim().max(500, "A description has at most 500 characters.").default(""),
});
export type ApplicationInput = z.infer<typeof ApplicationInput>;

/** Client id and secret for one key type; the secret itself is known to nobody but whom it was shown to. */
export interface ApplicationKeyInfo {
  keyType: KeyType;
  clientId: string;
  createdAt: string;
  rotatedAt: string | null;
}

export interface SubscribedTo {
  apiId: string;
  name: string;
  version: string;
  basePath: string;
}

/** An application as its page shows it. */
export interface ApplicationDetail {
  id: string;
  name: string;
  description: string;
  keys: ApplicationKeyInfo[];
  subscriptions: SubscribedTo[];
}

/** One line of the list of applications. */
export interface ApplicationLine {
  id: string;
  name: string;
  description: string;
  keyTypes: KeyType[];
  subscriptions: number;
}
