import { readBody } from "#lib/node/body";
import { MAX_PACKED } from "./zip";

/** What multipart adds around the file, and the parts beside it, bytes. */
const FORM_BYTES = 1024 * 1024;

interface Form<Bytes> {
  ok: true;
  bytes: Bytes;
  fields: ReadonlyMap<string, string>;
}
interface Unfit {
  ok: false;
  status: 400 | 413;
  message: string;
}
export type Upload = Form<Buffer> | Unfit;

/** The part of a form that is a file. */
export interface FilePart {
  name: string;
  /** What it holds, for whoever sends no form. */
  words: string;
  /** A form without it is refused. */
  required: boolean;
}

const PROJECT: FilePart & { required: true } = {
  name: "file",
  words: "The project's ZIP as file.",
  required: true,
};

const tooLarge = { ok: false, status: 413, message: "The file is larger than 20 MiB." } as const;

/**
 * The file of a multipart form, a project's unless told otherwise, and the form's other parts as text; files among
 * those too. Stops reading where the form gets larger than a project may be.
 */
export async function readUpload(request: Request, part?: FilePart & { required: true }): Promise<Upload>;
export async function readUpload(request: Request, part: FilePart): Promise<Form<Buffer | undefined> | Unfit>;
export async function readUpload(
  request: Request,
  part: FilePart = PROJECT,
): Promise<Form<Buffer | undefined> | Unfit> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^multipart\/form-data\b/i.test(type))
    return { ok: false, status: 400, message: `Send multipart/form-data. ${part.words}` };
  if (Number(request.headers.get("content-length") ?? 0) > MAX_PACKED + FORM_BYTES) return tooLarge;
  const body = await readBody(request.body, MAX_PACKED + FORM_BYTES);
  if (!body) return tooLarge;
  const form = await new Response(body, { headers: { "content-type": type } }).formData().catch(() => null);
  if (!form) return { ok: false, status: 400, message: "The form cannot be read." };
  const file = form.get(part.name);
  if (form.getAll(part.name).length > 1)
    return { ok: false, status: 400, message: `The form has its part named ${part.name} more than once.` };
  if (part.required && (!file || typeof file === "string"))
    return { ok: false, status: 400, message: `The form has no file in its part named ${part.name}.` };
  const bytes = file && typeof file !== "string" ? Buffer.from(await file.arrayBuffer()) : undefined;
  if (bytes && bytes.length > MAX_PACKED) return tooLarge;
  const fields = new Map<string, string>();
  for (const [name, value] of form) {
    if (bytes && name === part.name) continue;
    fields.set(name, typeof value === "string" ? value : await value.text());
  }
  return { ok: true, bytes, fields };
}
