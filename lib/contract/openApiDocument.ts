import * as z from "zod";
import type { Answer, Call } from "./httpCall";

/** What an interface says of itself beside its calls. */
export interface Interface {
  title: string;
  version: string;
  description: string;
  /** In front of every path. */
  prefix: string;
  calls: Readonly<Record<string, Call>>;
  /** The body of every refusal. */
  refusal: z.ZodType;
}

type Json = Record<string, unknown>;

const REFUSED: Readonly<Record<number, string>> = {
  400: "What was sent is not as it has to be; the answer says what is allowed.",
  401: "Sign in: Basic with a user's name and password, or Bearer with a token.",
  403: "The user's role may not.",
  404: "There is no such thing.",
  409: "It is taken, or was changed meanwhile.",
  413: "The body is too large.",
};

/**
 * The OpenAPI 3.1 document of an interface, made of the rows that its handlers check and parse with. Schemas with a
 * name (`meta({ id })`) are components. Pure: the same object each time.
 */
export function openApiDocument({ title, version, description, prefix, calls, refusal }: Interface) {
  const components: Json = {};
  const paths: Record<string, Json> = {};
  for (const [operationId, call] of Object.entries(calls)) {
    const operation = operationOf(operationId, call, refusal, components);
    paths[call.path] = { ...paths[call.path], [call.method.toLowerCase()]: operation };
  }
  return {
    openapi: "3.1.0",
    info: { title, description, version },
    servers: [{ url: prefix }],
    security: [{ bearer: [] }, { basic: [] }],
    paths,
    components: {
      schemas: components,
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "A token of `POST /session`." },
        basic: { type: "http", scheme: "basic", description: "A user's name and password." },
      },
    },
  };
}

function operationOf(operationId: string, call: Call, refusal: z.ZodType, components: Json): Json {
  const { summary, permission, more, query, refusals = [], answers } = call;
  const needs = `Needs the permission \`${permission}\`${more ? `, and ${more}` : "."}`;
  const parameters = [...pathParameters(call.path), ...(query ? queryParameters(query, components) : [])];
  const body = bodyOf(call, components);
  const refused = [401, 403, ...refusals, ...(body ? [400, 413] : [])];
  const responses: Json = {};
  for (const [status, answer] of Object.entries(answers)) responses[status] = answerOf(answer, components);
  for (const status of [...new Set(refused)].sort())
    responses[status] = answerOf({ words: REFUSED[status] ?? "Refused.", schema: refusal }, components);
  return {
    ...{ operationId, summary, description: needs },
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: body }),
    responses,
  };
}

const pathParameters = (path: string): Json[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    ...{ name, in: "path", required: true },
    schema: { type: "string" },
  }));

function queryParameters(query: z.ZodObject, components: Json): Json[] {
  const { properties = {}, required = [] } = schemaOf(query, "input", components) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    ...{ name, in: "query", required: required.includes(name) },
    ...(description !== undefined && { description }),
    schema,
  }));
}

function bodyOf({ json, form }: Call, components: Json): Json | undefined {
  if (json) {
    const schema = schemaOf(json.schema, "input", components);
    return { required: json.blank === undefined, content: { "application/json": { schema } } };
  }
  if (!form) return undefined;
  const { properties = {}, required = [] } = schemaOf(form.fields, "input", components) as {
    properties?: Json;
    required?: string[];
  };
  const { name, words, required: needed } = form.file;
  const schema = {
    type: "object",
    properties: {
      [name]: { description: words, contentMediaType: "application/octet-stream" },
      ...properties,
    },
    required: [...(needed ? [name] : []), ...required],
  };
  return { required: true, content: { "multipart/form-data": { schema } } };
}

function answerOf({ words, schema, mediaType }: Answer, components: Json): Json {
  if (schema)
    return {
      description: words,
      content: { "application/json": { schema: schemaOf(schema, "output", components) } },
    };
  return { description: words, ...(mediaType && { content: { [mediaType]: {} } }) };
}

/** A schema of zod as one of OpenAPI 3.1; what has a name goes into the components, once. */
function schemaOf(schema: z.ZodType, io: "input" | "output", components: Json): Json {
  const {
    $schema: _,
    $defs = {},
    ...own
  } = z.toJSONSchema(schema, { io, unrepresentable: "any" }) as Json & {
    $defs?: Json;
  };
  const moved = withComponents(own) as Json;
  for (const [name, definition] of Object.entries($defs)) components[name] ??= withComponents(definition);
  const id = schema.meta()?.id;
  if (id === undefined) return moved;
  components[id] ??= moved;
  return { $ref: `#/components/schemas/${id}` };
}

/** JSON Schema refers to `$defs`, OpenAPI to its components; a name is said by the place there. */
function withComponents(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withComponents);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value)
    .filter(([key, member]) => member !== undefined && !(key === "id" && typeof member === "string"))
    .map(([key, member]) =>
      key === "$ref" && typeof member === "string"
        ? [key, member.replace("#/$defs/", "#/components/schemas/")]
        : [key, withComponents(member)],
    );
  return Object.fromEntries(entries);
}
