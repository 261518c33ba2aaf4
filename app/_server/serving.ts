import {
  type BodyOf,
  type Call,
  type FieldsOf,
  firstValues,
  type JsonBody,
  type QueryOf,
} from "#lib/contract/httpCall";
import { NUL_WORDS, placeOfNul } from "#lib/model/nul";
import { isDeeper, MAX_JSON_DEPTH, parseJson, readBody, tooLargeWords } from "#lib/node/body";
import { zodProblems } from "#lib/schemas/definition";
import { problemText } from "#prisma/store";
import { answering, type Telling } from "./answering";
import { ApiId, requireRoute } from "./guard";
import { readUpload } from "./projects/upload";
import type { SignedIn } from "./session";

/** How an interface says what it refuses. */
export interface Dress {
  refuse(status: number, message: string): Response;
  /** Of what app/_server/guard.ts refuses. */
  denied(request: Request, response: Response): Response | Promise<Response>;
  troubled(telling: Telling): Response;
  noSuchApi(): Response;
}

/** A call that may be made and whose parts are as its row says. */
export interface Asked<C extends Call> {
  request: Request;
  user: SignedIn;
  query: QueryOf<C>;
  body: BodyOf<C>;
  /** The file of a form; undefined where it is not needed and not there. */
  file: Buffer | undefined;
  fields: FieldsOf<C>;
  /** Of a path with `{id}`; it need not be there. */
  id: string;
  /** The other parameters of the path, decoded. */
  path: Readonly<Record<string, string>>;
}

/** Undefined for a path without parameters. */
const tooDeep = `The body is nested more than ${MAX_JSON_DEPTH} levels deep.`;

type Given = { params: Promise<Record<string, string> | undefined> };
type Read<T> = { ok: true; value: T } | { ok: false; response: Response };

/**
 * Makes the route handlers of an interface from the rows of lib/contract. Who may not is refused first, before it is
 * looked whether there is such an API; then what does not fit the row's schemas.
 */
export function servingIn(dress: Dress) {
  return <C extends Call>(call: C, run: (asked: Asked<C>) => Promise<Response> | Response) =>
    answering(async (request: Request, given: Given) => {
      const access = await requireRoute(request, call.permission);
      if (!access.ok) return dress.denied(request, access.response);
      const query = readQuery(request, call, dress);
      if (!query.ok) return query.response;
      const sent = await readSent(request, call, dress);
      if (!sent.ok) return sent.response;
      const { id = "", ...path } = (await given.params) ?? {};
      if (call.path.includes("{id}") && !ApiId.safeParse(id).success) return dress.noSuchApi();
      const { body, fields } = sent.value;
      if (placeOfNul({ query: query.value, body, fields, path })) return dress.refuse(400, NUL_WORDS);
      const asked = { request, user: access.user, query: query.value, ...sent.value, id, path };
      return run(asked as Asked<C>);
    }, dress.troubled);
}

function readQuery(request: Request, { query }: Call, dress: Dress): Read<unknown> {
  if (!query) return { ok: true, value: undefined };
  const parsed = query.safeParse(firstValues(new URL(request.url).searchParams));
  if (parsed.success) return { ok: true, value: parsed.data };
  const words = parsed.error.issues.map(({ message }) => message).join(" ");
  return { ok: false, response: dress.refuse(400, words) };
}

interface Sent {
  body?: unknown;
  file?: Buffer;
  fields?: unknown;
}

async function readSent(request: Request, { json, form }: Call, dress: Dress): Promise<Read<Sent>> {
  if (json) return readJsonBody(request, json, dress);
  if (!form) return { ok: true, value: {} };
  const upload = await readUpload(request, form.file);
  if (!upload.ok) return { ok: false, response: dress.refuse(upload.status, upload.message) };
  const parsed = form.fields.safeParse(Object.fromEntries(upload.fields));
  if (parsed.success) return { ok: true, value: { file: upload.bytes, fields: parsed.data } };
  return { ok: false, response: dress.refuse(400, problemText(zodProblems(parsed.error))) };
}

async function readJsonBody(request: Request, json: JsonBody, dress: Dress): Promise<Read<Sent>> {
  const refuse = (status: number, words: string) => ({
    ok: false as const,
    response: dress.refuse(status, words),
  });
  const bytes = await readBody(request.body, json.maxBytes);
  if (!bytes) return refuse(413, tooLargeWords(json.maxBytes));
  const text = bytes.toString("utf8").trim();
  const value = text === "" ? json.blank : parseJson(text);
  if (value === undefined)
    return refuse(400, json.words ?? (isDeeper(text) ? tooDeep : "The body is not JSON."));
  const parsed = json.schema.safeParse(value);
  if (parsed.success) return { ok: true, value: { body: parsed.data } };
  return refuse(400, json.words ?? problemText(zodProblems(parsed.error)));
}
