import type * as z from "zod";
import { NUL_WORDS, placeOfNul } from "#lib/model/nul";
import { parseJson, readBody, tooLargeWords } from "#lib/node/body";

export type JsonRead<T> = { ok: true; body: T } | { ok: false; status: 400 | 413; message: string };

/** A JSON body of this form. `words` say what to send instead of another one. */
export async function readJson<T>(
  request: Request,
  schema: z.ZodType<T>,
  { maxBytes, words }: { maxBytes: number; words: string },
): Promise<JsonRead<T>> {
  const bytes = await readBody(request.body, maxBytes);
  if (!bytes) return { ok: false, status: 413, message: tooLargeWords(maxBytes) };
  const parsed = schema.safeParse(parseJson(bytes.toString("utf8")));
  if (!parsed.success) return { ok: false, status: 400, message: words };
  if (placeOfNul(parsed.data)) return { ok: false, status: 400, message: NUL_WORDS };
  return { ok: true, body: parsed.data };
}
