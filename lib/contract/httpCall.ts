import * as z from "zod";
import type { Permission } from "../access/roles";

/**
 * A call of one of our HTTP interfaces: what its handler checks and parses with, and what its OpenAPI document says.
 * One row a call, so that neither can say what the other does not do.
 */
export interface Call {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** Below the interface's prefix, with parameters in braces: `/apis/{id}/revisions`. */
  path: `/${string}`;
  /** In the imperative, one line. */
  summary: string;
  /** What every such call needs; `more` says when another one is needed as well. */
  permission: Permission;
  more?: string;
  query?: z.ZodObject;
  /** A JSON body, or none. */
  json?: JsonBody;
  /** A multipart form. */
  form?: FormBody;
  /** By status; refusals are the interface's own and are added. */
  answers: Readonly<Record<number, Answer>>;
  /** Statuses of refusals beside those that every call may have. */
  refusals?: readonly (400 | 404 | 409)[];
}

export interface JsonBody {
  schema: z.ZodType;
  /** Largest body, bytes. */
  maxBytes: number;
  /** What to send instead of a body that does not fit; else the schema's own words are told. */
  words?: string;
  /** What an empty body stands for. */
  blank?: unknown;
}

export interface FormBody {
  /** The parts that are texts. */
  fields: z.ZodObject;
  /** The part that is a file, and what it holds. */
  file: { name: string; words: string; required: boolean };
}

export interface Answer {
  words: string;
  /** Of a JSON answer. */
  schema?: z.ZodType;
  /** Of any other one. */
  mediaType?: string;
}

type Output<T> = T extends z.ZodType ? z.output<T> : undefined;
export type QueryOf<C extends Call> = Output<C["query"]>;
export type BodyOf<C extends Call> = C["json"] extends JsonBody ? Output<C["json"]["schema"]> : undefined;
export type FieldsOf<C extends Call> = C["form"] extends FormBody ? Output<C["form"]["fields"]> : undefined;

/** Largest JSON body of most calls, bytes. */
export const SMALL_BODY = 16 * 1024;

/** A switch of a query, `true` in any case; anything else is not. Empty is `fallback`. */
export const flag = (fallback: boolean, words: string) =>
  z
    .string()
    .optional()
    .transform((text) => (text ? text.toLowerCase() === "true" : fallback))
    .meta({ type: "boolean", default: fallback, description: words });

/** A whole number of a query; empty is `fallback`. */
export const count = (name: string, fallback: number, words: string) =>
  z
    .string()
    .regex(/^\d{0,9}$/, `${name} is a whole number of at most 9 digits.`)
    .optional()
    .transform((text) => (text ? Number(text) : fallback))
    .meta({ type: "integer", minimum: 0, pattern: undefined, default: fallback, description: words });

/** The first value of each parameter of a query. */
export function firstValues(parameters: URLSearchParams): Record<string, string> {
  const first = new Map<string, string>();
  for (const [name, value] of parameters) if (!first.has(name)) first.set(name, value);
  return Object.fromEntries(first);
}
