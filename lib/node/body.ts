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

/** The value that a text holds; undefined when it is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
