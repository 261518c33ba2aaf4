import * as z from "zod";
import { keyTypes } from "../edit/endpoints";
import { type Call, flag, SMALL_BODY } from "./httpCall";
import type { Interface } from "./openApiDocument";

/** Our own interface for machines, which `npx sluice` talks: docs/rules/wso2.md section 3. */

const text = z.string();
/** Longest note of a deployment, characters. */
const MAX_NOTE = 1_000;
/** Times are texts of ISO 8601 in answers. */
const time = z.any().meta({ type: "string", format: "date-time" });

const ListedApi = z
  .object({
    ...{ id: text, name: text, version: text, context: text },
    basePath: text.meta({ description: "Where it answers." }),
    live: z.object({ revision: z.int(), since: time }).nullable(),
    changed: z.boolean().meta({ description: "Draft and live revision differ." }),
  })
  .meta({ id: "Api" });

const Interval = z.object({ since: time, until: time.nullable(), author: text, note: text });
const Revision = z
  .object({
    ...{ number: z.int(), note: text, author: text, createdAt: time, live: z.boolean() },
    intervals: z.array(Interval).meta({ description: "When it was live, newest first." }),
    changes: z
      .array(text)
      .nullable()
      .meta({ description: "Against the revision before it; null for the oldest." }),
  })
  .meta({ id: "Revision" });

const Remark = z.object({ place: text, message: text }).loose().meta({ id: "Remark" });

const Imported = z
  .object({
    ...{ id: text, name: text, version: text, created: z.boolean() },
    unchanged: z.boolean().meta({ description: "The draft was so already." }),
    revision: z.int().nullable().meta({ description: "Null when nothing was deployed." }),
    live: z.boolean().meta({ description: "Every gateway that answers serves it." }),
    warnings: z.array(Remark),
  })
  .meta({ id: "Imported" });

/** What a source would make, saving nothing. */
const Preview = z
  .looseObject({
    ok: z.boolean().meta({ description: "It can be read." }),
    problems: z.array(Remark).optional(),
    outcome: z
      .looseObject({
        ok: z.boolean(),
        problems: z.array(Remark).optional(),
        taken: z.enum(["name", "context"]).optional().meta({ description: "By another API." }),
      })
      .optional()
      .meta({ description: "What an import with the same query and fields would come to." }),
  })
  .meta({ id: "Preview" });

const Problem = z.object({ message: text, problems: z.array(Remark).optional() }).meta({ id: "Refusal" });

/** A text of a form; blank is none. */
const field = (words: string) =>
  z
    .string()
    .optional()
    .transform((value) => value?.trim() || undefined)
    .meta({ description: words });

const isHttpUrl = (value: string) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);

const Variables = z
  .string()
  .optional()
  .transform((value, context) => {
    if (value === undefined) return undefined;
    const read = z.record(z.string(), z.string()).safeParse(jsonOf(value));
    if (read.success) return new Map(Object.entries(read.data));
    context.addIssue('variables is a JSON object of texts such as {"HOST": "orders"}.');
    return z.NEVER;
  })
  .meta({ description: "A JSON object of texts: what variables of a project stand for." });

function jsonOf(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

const json = (words: string, schema: z.ZodType) => ({ words, schema });

const Deployed = z.object({
  ...{ revision: z.int(), live: z.boolean() },
  gateways: z.string().nullable().meta({
    description:
      "Of several gateways, how many serve it and who is missing: `on 2 of 3 gateways: gw-b has not answered for 40 s`. Null where there is one.",
  }),
  notice: z
    .string()
    .nullable()
    .meta({ description: "Which API has the path without the version, where this one asks for it too." }),
});
const Token = z.looseObject({ token: text });

export const sluiceCalls = {
  listApis: {
    ...{
      method: "GET",
      path: "/apis",
      summary: "List APIs with what is live of them",
      permission: "api.read",
    },
    query: z.object({ name: text.optional(), version: text.optional() }),
    answers: { 200: json("By name and version.", z.object({ apis: z.array(ListedApi) })) },
  },
  importApi: {
    ...{
      method: "POST",
      path: "/apis",
      summary: "Import an OpenAPI definition or a project",
      permission: "api.edit",
    },
    more: "`api.deploy` with `deploy=true`.",
    query: z.object({
      override: flag(false, "Replace the draft of the API of this name and version."),
      deploy: flag(false, "Deploy it, or refuse the import whole."),
      preview: flag(false, "Write nothing, and answer with what was understood."),
    }),
    form: {
      file: { name: "file", words: "The definition, or the project as a ZIP file.", required: true },
      fields: z.object({
        params: text.optional().meta({ description: "A parameter file of WSO2's, as text." }),
        environment: field("The environment that is taken from the parameter file."),
        variables: Variables,
        address: field("The URL that a definition came from.").refine(
          (value) => value === undefined || isHttpUrl(value),
          "address is the URL that the document came from, such as https://example.com/openapi.yaml.",
        ),
        into: field("With `preview`: the API that it would be read into, by its id."),
        ...{ name: field("Instead of the source's."), version: field("Instead of the source's.") },
        context: field("Instead of the source's."),
        note: field("Of the deployment.").refine(
          (value) => (value ?? "").length <= MAX_NOTE,
          `note has at most ${MAX_NOTE} characters.`,
        ),
      }),
    },
    answers: {
      200: json("Replaced, or previewed.", z.union([Imported, Preview])),
      201: json("Created.", Imported),
    },
    refusals: [400, 404, 409],
  },
  listRevisions: {
    ...{
      method: "GET",
      path: "/apis/{id}/revisions",
      summary: "List the revisions that are kept",
      permission: "api.read",
    },
    answers: { 200: json("Newest first.", z.object({ revisions: z.array(Revision) })) },
    refusals: [404],
  },
  deploy: {
    ...{
      method: "POST",
      path: "/apis/{id}/deployments",
      summary: "Deploy the draft or a revision",
      permission: "api.deploy",
    },
    json: {
      schema: z.strictObject({
        revision: z
          .int()
          .min(1)
          .optional()
          .meta({ description: "An older one to roll back to; without it the draft becomes a revision." }),
        note: text.max(MAX_NOTE).default(""),
      }),
      maxBytes: SMALL_BODY,
      blank: {},
    },
    answers: { 200: json("`live`: every gateway that answers serves it.", Deployed) },
    refusals: [400, 404, 409],
  },
  undeploy: {
    ...{
      method: "DELETE",
      path: "/apis/{id}/deployments",
      summary: "Take an API off the gateway",
      permission: "api.deploy",
    },
    answers: { 200: json("`live`: the gateway still serves it.", z.object({ live: z.boolean() })) },
    refusals: [404],
  },
  takeToken: {
    ...{
      method: "POST",
      path: "/apis/{id}/tokens",
      summary: "Take a test token, an hour long",
      permission: "api.read",
    },
    json: {
      schema: z.strictObject({ keyType: z.enum(keyTypes).default("production") }),
      maxBytes: SMALL_BODY,
      blank: {},
    },
    answers: { 200: json("The token.", Token) },
    refusals: [400, 404],
  },
} as const satisfies Record<string, Call>;

/** Served at `/api/v1/openapi.json`. */
export const sluiceRest: Interface = {
  title: "Sluice",
  version: "v1",
  description: "What `npx sluice` talks to the publisher.",
  prefix: "/api/v1",
  calls: sluiceCalls,
  refusal: Problem,
};
