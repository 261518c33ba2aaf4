import { readBody } from "#lib/node/body";
import { MAX_PACKED } from "./zip";

/** What multipart adds around the file, and the parts beside it, bytes. */
const FORM_BYTES = 1024 * 1024;

export type Upload =
  | { ok: true; bytes: Buffer; fields: ReadonlyMap<string, string> }
  | { ok: false; status: 400 | 413; message: string };

const tooLarge = { ok: false, status: 413, message: "The file is larger than 20 MiB." } as const;

/**
 * The part `file` of a multipart form, and its other parts as text; files among those too. Stops reading where the
 * form gets larger than a project may be.
 */
export async function readUpload(request: Request): Promise<Upload> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^multipart\/form-data\b/i.test(type))
    return { ok: false, status: 400, message: "Send multipart/form-data with the project's ZIP as file." };
  if (Number(request.headers.get("content-length") ?? 0) > MAX_PACKED + FORM_BYTES) return tooLarge;
  const body = await readBody(request.body, MAX_PACKED + FORM_BYTES);
  if (!body) return tooLarge;
  const form = await new Response(body, { headers: { "content-type": type } }).formData().catch(() => null);
  const file = form?.get("file");
  if (!form || !file || typeof file === "string")
    return { ok: false, status: 400, message: "The form has no file in its part named file." };
  const bytes = Buffer.from(await file.arrayBuffer());
  if (bytes.length > MAX_PACKED) return tooLarge;
  const fields = new Map<string, string>();
  for (const [name, value] of form) {
    if (name !== "file") fields.set(name, typeof value === "string" ? value : await value.text());
  }
  return { ok: true, bytes, fields };
}
