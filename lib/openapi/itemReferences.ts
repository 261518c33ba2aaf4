import { isPlainMap, type Path, type PlainMap, short } from "../text/source";
import type { Notes } from "./notes";
import type { OtherFiles, Place } from "./otherFiles";
import { lookUp, MAX_HOPS } from "./pointers";

/**
 * A path item with its references followed, into other files of the project where there is one. What stands beside a
 * `$ref` counts more (OpenAPI 3.1).
 */
export function readItem(
  root: PlainMap,
  given: PlainMap | undefined,
  path: Path,
  notes: Notes,
  others: OtherFiles | undefined,
): PlainMap | undefined {
  let item = given;
  const seen = new Set<string>();
  const places: Place[] = [];
  const refuse = (message: string): undefined => {
    notes.refuse([...path, "$ref"], message);
  };
  while (item?.$ref !== undefined) {
    const { $ref, ...beside }: PlainMap = item;
    if (typeof $ref !== "string") return refuse("$ref must be a text such as #/components/pathItems/name.");
    const place = find($ref, root, others, places.at(-1)?.file);
    if ("problem" in place) return refuse(place.problem);
    if ("missing" in place) {
      notes.warn([...path, "$ref"], place.missing);
      item = beside;
      break;
    }
    const { file, pointer, value } = place;
    if (seen.has(file + pointer) || seen.size >= MAX_HOPS)
      return refuse(`The reference ${short($ref)}${inFile(place, others)} leads back to itself.`);
    seen.add(file + pointer);
    if (!isPlainMap(value))
      return refuse(`${short($ref)} is not${inFile(place, others) || " in this document"}.`);
    places.push(place);
    item = Object.assign(Object.create(null), value, beside) as PlainMap;
  }
  const isElsewhere = places.some(({ file }) => others?.isOther(file));
  const tooLarge = isElsewhere ? others?.writeOut(String(path.at(-1)), places) : undefined;
  return tooLarge ? refuse(tooLarge) : item;
}

function find(
  ref: string,
  root: PlainMap,
  others: OtherFiles | undefined,
  from: string | undefined,
): ReturnType<OtherFiles["find"]> {
  const isUrl = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(ref);
  if (others && !isUrl) return others.find(ref, from);
  if (ref.startsWith("#")) return { file: "", pointer: ref, value: lookUp(root, ref) };
  return { missing: `${short(ref)} is outside of this document and was not fetched.` };
}

const inFile = ({ file }: Place, others: OtherFiles | undefined) =>
  others?.isOther(file) ? ` in ${short(file)}` : "";
