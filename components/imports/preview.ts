"use client";
import type { ImportSummary } from "#lib/tell/importSummary";
import type { Failed } from "../shared/actionResults";

/** Something to say about a source: where, and what. */
export interface Remark {
  place: string;
  message: string;
}

export const remarkWords = ({ place, message }: Remark) => (place === "" ? message : `${place}: ${message}`);

export interface Names {
  name: string;
  version: string;
  context: string;
}

export interface Understood extends ImportSummary {
  ok: true;
  kind: "project" | "openapi";
  name: string;
  version: string;
  context: string;
  warnings: Remark[];
  /** What it sets besides its endpoints and resources. */
  settings: string[];
  /** Those that it brings along to trust backends by. */
  certificates: { alias: string; endpoint: string }[];
  /** The whole of it as an OpenAPI text, when it was read into an API. */
  text: string | null;
  /** What an import under these names would come to; not told of what is read into an API. */
  outcome?: { ok: true } | { ok: false; problems: Remark[]; taken?: "name" | "context" };
}

export type Refused = { ok: false; problems: Remark[] };

/** What a person hands in. */
export interface Handed {
  file: Blob;
  name: string;
  params?: string;
  environment?: string;
  /** The URL that it was fetched from. */
  address?: string;
}

export type FetchText = (url: string) => Promise<{ ok: true; text: string } | Failed>;

function formOf(
  { file, name, params, environment, address }: Handed,
  fields: Partial<Record<"into" | keyof Names, string>>,
): FormData {
  const form = new FormData();
  form.set("file", file, name);
  if (params) form.set("params", params);
  if (environment) form.set("environment", environment);
  if (address) form.set("address", address);
  for (const [key, value] of Object.entries(fields)) form.set(key, value);
  return form;
}

async function post(query: string, form: FormData): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`/api/v1/apis?${query}`, { method: "POST", body: form });
  return { status: answer.status, body: await answer.json() };
}

const unreachable: Refused = {
  ok: false,
  problems: [{ place: "", message: "Sluice does not answer. Is it still running?" }],
};

function refusedOf(body: unknown): Refused {
  const { message, problems } = body as { message?: string; problems?: Remark[] };
  if (problems && problems.length > 0) return { ok: false, problems };
  return { ok: false, problems: [{ place: "", message: message ?? "This could not be read." }] };
}

/** A proposal for a source that names none: "Pizza Shack" is likely to be called at /pizza-shack. */
export const contextFor = (name: string) =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");

/** What a source would make, or change in the API `into`. Saves nothing. */
export async function understand(
  handed: Handed,
  fields: { into?: string; context?: string } = {},
): Promise<Understood | Refused> {
  try {
    const { status, body } = await post("preview=true", formOf(handed, fields));
    return status === 200 ? (body as Understood | Refused) : refusedOf(body);
  } catch {
    return unreachable;
  }
}

/** Makes the API under the names that the person decided on. */
export async function create(handed: Handed, names: Names): Promise<{ ok: true; id: string } | Refused> {
  try {
    const { status, body } = await post("", formOf(handed, names));
    return status === 201 ? { ok: true, id: (body as { id: string }).id } : refusedOf(body);
  } catch {
    return unreachable;
  }
}
