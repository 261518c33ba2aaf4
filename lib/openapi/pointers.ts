import { isPlainMap, type Plain, type PlainMap } from "../text/source";

/** RFC 6901 pointers in URI fragments, with their #. */

/** References are followed this far; a document that needs more is a mistake. */
export const MAX_HOPS = 50;

export function pointerParts(pointer: string): string[] {
  return pointer
    .slice(1)
    .split("/")
    .slice(1)
    .map((part) => {
      let key = part;
      try {
        key = decodeURIComponent(part);
      } catch {
        // Not percent-encoded after all: taken as written.
      }
      return key.replaceAll("~1", "/").replaceAll("~0", "~");
    });
}

export function lookUp(root: PlainMap, pointer: string): Plain | undefined {
  let value: Plain | undefined = root;
  for (const key of pointerParts(pointer)) {
    if (Array.isArray(value)) value = value[Number(key)];
    else value = isPlainMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
}
