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
} as const satisfies Record<string, Call>;
