import type { Fetched } from "../fetchText";
import { fetchText } from "../fetchText";

/** The text of a definition that a form brings as a file, as a text or by its URL; exactly one of them. */
export async function givenDefinition(
  { file, url, text }: { file: Buffer | undefined; url: string | undefined; text: string | undefined },
  userId: string,
): Promise<Fetched | { ok: true; text: string; address?: undefined }> {
  const given = [file, url, text].filter((one) => one !== undefined);
  if (given.length !== 1)
    return {
      ok: false,
      status: 400,
      message: "Send the definition once: as a file, as a text or by its url.",
    };
  if (url !== undefined) return fetchText(url, userId);
  return { ok: true, text: text ?? file?.toString("utf8") ?? "" };
}
