import * as z from "zod";
import { type Call, flag } from "./httpCall";
import * as forms from "./wso2Forms";

/** Of WSO2's Publisher REST API: what there is in the installation, and a new version of an API made of another. */

const nothingOf = (path: `/${string}`, summary: string) =>
  ({
    ...{ method: "GET", path, summary, permission: "api.read" },
    answers: { 200: { words: "None: there are none here.", schema: forms.Nothing } },
  }) as const satisfies Call;

export const installationCalls = {
  settings: {
    ...{ method: "GET", path: "/settings", summary: "Get the settings", permission: "api.read" },
    answers: { 200: { words: "The one environment, and where it answers.", schema: forms.Settings } },
  },
  copy: {
    ...{
      method: "POST",
      path: "/apis/copy-api",
      summary: "Make another version of an API",
      permission: "api.edit",
    },
    query: z.object({
      apiId: z.string("Name the API by apiId."),
      newVersion: z.string("Name the new version by newVersion."),
      defaultVersion: flag(false, "It answers without the version in the path, too."),
    }),
    answers: { 201: { words: "The draft; nothing is deployed.", schema: forms.Api } },
    refusals: [400, 404, 409],
  },
  policies: {
    ...{
      method: "GET",
      path: "/throttling-policies/subscription",
      summary: "List the policies of subscriptions",
      permission: "api.read",
    },
    answers: { 200: { words: "One: requests are not limited.", schema: forms.ThrottlingPolicies } },
  },
  categories: nothingOf("/api-categories", "List the categories of APIs"),
  keyManagers: nothingOf("/key-managers", "List the key managers"),
  operationPolicies: nothingOf("/operation-policies", "List the policies of operations"),
} as const satisfies Record<string, Call>;
