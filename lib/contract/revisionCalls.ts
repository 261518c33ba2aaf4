import * as z from "zod";
import { type Call, SMALL_BODY } from "./httpCall";
import * as forms from "./wso2Forms";

/** Of WSO2's Publisher REST API: revisions one by one. */

/** Longest note of a revision, characters. */
const MAX_NOTE = 1_000;

const NewRevision = z
  .object({
    description: z
      .string("description is a text.")
      .max(MAX_NOTE, `description has at most ${MAX_NOTE} characters.`)
      .nullish()
      .transform((text) => text?.trim() ?? ""),
  })
  .meta({ id: "NewRevision" });

export const revisionCalls = {
  makeRevision: {
    ...{
      method: "POST",
      path: "/apis/{id}/revisions",
      summary: "Keep the draft as a revision",
      permission: "api.edit",
    },
    json: { schema: NewRevision, maxBytes: SMALL_BODY, blank: {} },
    answers: { 201: { words: "The revision; nothing is deployed.", schema: forms.Revision } },
    refusals: [400, 404],
  },
  revision: {
    ...{
      method: "GET",
      path: "/apis/{id}/revisions/{rid}",
      summary: "Get a revision",
      permission: "api.read",
    },
    answers: { 200: { words: "The revision.", schema: forms.Revision } },
    refusals: [404],
  },
  deleteRevision: {
    ...{
      method: "DELETE",
      path: "/apis/{id}/revisions/{rid}",
      summary: "Delete a revision",
      permission: "api.edit",
    },
    answers: { 200: { words: "The revisions that are left, oldest first.", schema: forms.Revisions } },
    refusals: [400, 404],
  },
} as const satisfies Record<string, Call>;
