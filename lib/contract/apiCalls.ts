import * as z from "zod";
import type { Call } from "./httpCall";
import * as forms from "./wso2Forms";

/** Of WSO2's Publisher REST API: what is asked of an API beside its draft and its revisions. */

export const apiCalls = {
  lifeCycleHistory: {
    ...{
      method: "GET",
      path: "/apis/{id}/lifecycle-history",
      summary: "List the changes of state",
      permission: "api.read",
    },
    answers: { 200: { words: "Oldest first.", schema: forms.LifeCycleHistory } },
    refusals: [404],
  },
  generateKey: {
    ...{
      method: "POST",
      path: "/apis/{id}/generate-key",
      summary: "Get a key to try the API out",
      permission: "api.read",
    },
    more: "`api.edit` for production; a viewer's key opens the sandbox.",
    answers: { 200: { words: "Sent in the header `Internal-Key`.", schema: forms.ApiKey } },
    refusals: [400, 404],
  },
  validateEndpoint: {
    ...{
      method: "POST",
      path: "/apis/validate-endpoint",
      summary: "Check an endpoint from the gateway",
      permission: "api.edit",
    },
    query: z.object({
      endpointUrl: z
        .string("Name the endpoint by endpointUrl.")
        .trim()
        .min(1, "Name the endpoint by endpointUrl.")
        .max(2_000, "endpointUrl has at most 2000 characters."),
      apiId: z
        .string()
        .optional()
        .meta({ description: "Whose endpoint it is: then it is checked with that endpoint's settings." }),
    }),
    answers: { 200: { words: "What it answered, or why it did not.", schema: forms.EndpointCheck } },
    refusals: [400, 404],
  },
} as const satisfies Record<string, Call>;
