import * as z from "zod";
import { apiCalls } from "./apiCalls";
import { certificateCalls } from "./certificateCalls";
import { type Call, count, flag, SMALL_BODY } from "./httpCall";
import { installationCalls } from "./installationCalls";
import type { Interface } from "./openApiDocument";
import { revisionCalls } from "./revisionCalls";
import * as forms from "./wso2Forms";

/** WSO2's Publisher REST API v4 as far as it is served: docs/rules/wso2.md section 4. */

/** Longest query of a search, characters. */
export const MAX_QUERY = 1_000;

const search = z.object({
  query: z
    .string()
    .max(MAX_QUERY, `query has at most ${MAX_QUERY} characters.`)
    .default("")
    .meta({ description: 'Terms that all fit, such as `name:"Pizza" version:"1.0.0"`.' }),
  limit: count("limit", 25, "Most that are listed."),
  offset: count("offset", 0, "How many are left out before."),
  sortBy: z
    .string()
    .optional()
    .meta({ enum: ["createdTime", "updatedTime"], description: "Else by name and version." }),
  sortOrder: z
    .string()
    .optional()
    .meta({ enum: ["asc", "desc"] }),
});

const revision = z.object({
  revisionId: z.string().optional().meta({ description: "The revision's id, or give its number." }),
  revisionNumber: z.string().optional().meta({ description: "The revision's number." }),
});

const targets = {
  schema: forms.Targets,
  maxBytes: SMALL_BODY,
  words: 'The body is a list such as [{"name": "Default"}], or null.',
  blank: null,
};

/** Largest API or definition, bytes. */
const LARGE_BODY = 10 * 1024 * 1024;

const apiBody = { schema: forms.ApiInput, maxBytes: LARGE_BODY };

const blankless = z
  .string()
  .optional()
  .transform((value) => value?.trim() || undefined);

/** A definition comes as a file, as a text or from a URL. */
const definitionFile = { name: "file", words: "The definition as file, or url or a text.", required: false };
const url = blankless.meta({ description: "Where the definition is fetched from." });
const inline = blankless.meta({ description: "The definition itself." });

const json = (words: string, schema: z.ZodType) => ({ words, schema });

export const publisherCalls = {
  list: {
    ...{ method: "GET", path: "/apis", summary: "List APIs", permission: "api.read" },
    query: search,
    answers: { 200: json("By name and version.", forms.ApiInfoList) },
    refusals: [400],
  },
  search: {
    ...{ method: "GET", path: "/search", summary: "Search APIs", permission: "api.read" },
    query: search,
    answers: { 200: json("By name and version.", forms.SearchResults) },
    refusals: [400],
  },
  get: {
    ...{ method: "GET", path: "/apis/{id}", summary: "Get the draft of an API", permission: "api.read" },
    answers: { 200: json("Without credentials.", forms.Api) },
    refusals: [404],
  },
  create: {
    ...{ method: "POST", path: "/apis", summary: "Create an API", permission: "api.edit" },
    json: apiBody,
    answers: { 201: json("The draft; nothing is deployed.", forms.Api) },
    refusals: [400, 409],
  },
  update: {
    ...{ method: "PUT", path: "/apis/{id}", summary: "Change the draft of an API", permission: "api.edit" },
    json: apiBody,
    answers: {
      200: json("The draft. Name, version, context, provider and state stay as they were.", forms.Api),
    },
    refusals: [400, 404, 409],
  },
  importDefinition: {
    ...{
      method: "POST",
      path: "/apis/import-openapi",
      summary: "Create an API from a definition",
      permission: "api.edit",
    },
    form: {
      file: definitionFile,
      fields: z.object({
        url,
        inlineAPIDefinition: inline,
        additionalProperties: z
          .string("Send additionalProperties: an API as JSON, with name, version and context.")
          .meta({
            description: "An API as JSON. Where it names endpoints, they go before those of the definition.",
          }),
      }),
    },
    answers: { 201: json("The draft; nothing is deployed.", forms.Api) },
    refusals: [400, 409],
  },
  validateDefinition: {
    ...{
      method: "POST",
      path: "/apis/validate-openapi",
      summary: "Check a definition",
      permission: "api.edit",
    },
    query: z.object({ returnContent: flag(false, "Answer with the definition, too.") }),
    form: { file: definitionFile, fields: z.object({ url, inlineAPIDefinition: inline }) },
    answers: { 200: json("What it says, or what is wrong.", forms.Validated) },
    refusals: [400],
  },
  delete: {
    ...{ method: "DELETE", path: "/apis/{id}", summary: "Delete an API", permission: "api.delete" },
    answers: { 200: { words: "Deleted, with its revisions, subscriptions and tokens." } },
    refusals: [404],
  },
  import: {
    ...{ method: "POST", path: "/apis/import", summary: "Import a project", permission: "api.edit" },
    more: "`api.deploy` where the project is to be deployed.",
    query: z.object({
      overwrite: flag(false, "Replace the API of this name and version."),
      preserveProvider: flag(true, "Keep the project's provider; else it is the user."),
      dryRun: flag(false, "Write nothing, and answer with what is wrong."),
    }),
    form: {
      fields: z.object({}),
      file: { name: "file", words: "The project as a ZIP file.", required: true },
    },
    answers: {
      200: json("The API, or what a dry run found.", z.union([forms.Imported, forms.Compliance])),
    },
    refusals: [400, 404, 409],
  },
  export: {
    ...{ method: "GET", path: "/apis/export", summary: "Export a project", permission: "api.read" },
    query: z.object({
      apiId: z.string().optional().meta({ description: "The API's id, or give name and version." }),
      name: z.string().default(""),
      version: z.string().default(""),
      providerName: z.string().default(""),
      revisionNumber: count("revisionNumber", 0, "The draft unless given."),
      latestRevision: flag(false, "The newest revision."),
      preserveStatus: flag(true, "Keep the state of the life cycle; else it is CREATED."),
      format: z
        .string()
        .transform((text) => text.toLowerCase() || "yaml")
        .pipe(z.enum(["yaml", "json"], "format is YAML or JSON."))
        .default("yaml")
        .meta({ enum: ["YAML", "JSON"], default: "YAML" }),
    }),
    answers: { 200: { words: "A ZIP file, without credentials.", mediaType: "application/zip" } },
    refusals: [400, 404, 409],
  },
  definition: {
    ...{
      method: "GET",
      path: "/apis/{id}/swagger",
      summary: "Get the OpenAPI definition",
      permission: "api.read",
    },
    answers: { 200: json("The draft's definition.", z.looseObject({})) },
    refusals: [404],
  },
  changeDefinition: {
    ...{
      method: "PUT",
      path: "/apis/{id}/swagger",
      summary: "Change the OpenAPI definition",
      permission: "api.edit",
    },
    form: { file: definitionFile, fields: z.object({ url, apiDefinition: inline }) },
    answers: { 200: json("The draft's definition as it is stored.", z.looseObject({})) },
    refusals: [400, 404, 409],
  },
  revisions: {
    ...{ method: "GET", path: "/apis/{id}/revisions", summary: "List revisions", permission: "api.read" },
    query: z.object({
      query: z
        .string()
        .regex(/^(deployed:(true|false))?$/i, "query is deployed:true or deployed:false.")
        .default(""),
    }),
    answers: { 200: json("Oldest first.", forms.Revisions) },
    refusals: [400, 404],
  },
  ...revisionCalls,
  deployments: {
    ...{ method: "GET", path: "/apis/{id}/deployments", summary: "List deployments", permission: "api.read" },
    answers: { 200: json("One, or none.", forms.Deployments) },
    refusals: [404],
  },
  deploy: {
    ...{
      method: "POST",
      path: "/apis/{id}/deploy-revision",
      summary: "Deploy a revision",
      permission: "api.deploy",
    },
    query: revision,
    json: targets,
    answers: { 201: json("Where the API is deployed now.", forms.Deployments) },
    refusals: [400, 404, 409],
  },
  undeploy: {
    ...{
      method: "POST",
      path: "/apis/{id}/undeploy-revision",
      summary: "Undeploy a revision",
      permission: "api.deploy",
    },
    query: revision.extend({ allEnvironments: flag(false, "Wherever it is deployed.") }),
    json: targets,
    answers: { 201: json("Where this revision is deployed now.", forms.Deployments) },
    refusals: [400, 404],
  },
  restore: {
    ...{
      method: "POST",
      path: "/apis/{id}/restore-revision",
      summary: "Make a revision the draft",
      permission: "api.edit",
    },
    query: revision,
    answers: { 201: json("The draft.", forms.Api) },
    refusals: [404, 409],
  },
  lifeCycle: {
    ...{
      method: "GET",
      path: "/apis/{id}/lifecycle-state",
      summary: "Get the state of the life cycle",
      permission: "api.read",
    },
    answers: { 200: json("The state, and what may be done in it.", forms.LifeCycle) },
    refusals: [404],
  },
  changeLifeCycle: {
    ...{
      method: "POST",
      path: "/apis/change-lifecycle",
      summary: "Change the state of the life cycle",
      permission: "api.edit",
    },
    more: "`api.deploy` for *Block*, *Retire*, *Re-Publish* and whatever opens a blocked API.",
    query: z.object({ apiId: z.string().default(""), action: z.string().default("") }),
    answers: { 200: json("The state after it.", forms.LifeCycleChanged) },
    refusals: [400, 404, 409],
  },
  ...apiCalls,
  ...certificateCalls,
  ...installationCalls,
} as const satisfies Record<string, Call>;

/** Served at `/api/am/publisher/v4/openapi.json`. */
export const publisherRest: Interface = {
  title: "Publisher",
  version: "v4",
  description: "What of WSO2's Publisher REST API Sluice serves.",
  prefix: "/api/am/publisher/v4",
  calls: publisherCalls,
  refusal: forms.Problem,
};
