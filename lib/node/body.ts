/** Reading bodies that others send, never more of them than is wanted. */

/** What a body is read from: requests and answers of node, and bodies of fetch; null is an empty one. */
export type BodySource = AsyncIterable<Uint8Array> | ReadableStream<Uint8Array> | null;

/** The whole body; null when it has more bytes, of which no further ones are read. */
export async function readBody(source: BodySource, maxBytes: number): Promise<Buffer<ArrayBuffer> | null> {
  if (source === null) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of source as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Said with status 413. */
export const tooLargeWords = (maxBytes: number) => `The body is too large: it may have ${maxBytes} bytes.`;

/** Most levels of a JSON text that others send: what walks its value must not run out of stack. */
export const MAX_JSON_DEPTH = 100;

/** The value that a text holds; undefined when it is no JSON, or nested deeper than MAX_JSON_DEPTH. */
export function parseJson(text: string): unknown {
  if (isDeeper(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Looks at brackets outside of strings, whatever else the text is. */
export function isDeeper(text: string): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) i = endOfString(text, i);
    else if (code === OPEN_LIST || code === OPEN_MAP) {
      if (++depth > MAX_JSON_DEPTH) return true;
    } else if (code === CLOSE_LIST || code === CLOSE_MAP) depth--;
  }
  return false;
}

const [QUOTE, BACKSLASH] = [34, 92];
const [OPEN_LIST, CLOSE_LIST, OPEN_MAP, CLOSE_MAP] = [91, 93, 123, 125];

/** Where the string that begins at `from` ends, or the text. */
function endOfString(text: string, from: number): number {
  for (let i = from + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === BACKSLASH) i++;
    else if (code === QUOTE) return i;
  }
  return text.length;
}
