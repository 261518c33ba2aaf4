import type { Path, Plain, PlainMap, Source } from "../text/source";
import { isPlainMap } from "../text/source";
import { MAX_NOTES, moreNotes } from "../text/textNote";
import type { Note } from "./openapiReading";

/** What reading has to say, with the place of each. */
export class Notes {
  readonly warnings: Note[];
  readonly problems: Note[] = [];
  /** Operations of one path share its extensions: each remark is made once. */
  private said = new Set<string>();

  /** For reading what we wrote ourselves, or what was read before. */
  static silent(source?: Source): Notes {
    return new Notes({
      warnings: [],
      ...source,
      lineOf: () => 1,
      written: source?.written ?? (() => undefined),
    } as Source);
  }

  constructor(readonly source: Source) {
    this.warnings = [...source.warnings];
  }

  warn(path: Path, message: string): void {
    this.add(this.warnings, path, message);
  }

  refuse(path: Path, message: string): void {
    this.add(this.problems, path, message);
  }

  private add(list: Note[], path: Path, message: string): void {
    const key = JSON.stringify([path, message]);
    if (list.length > MAX_NOTES || this.said.has(key)) return;
    this.said.add(key);
    if (list.length < MAX_NOTES) list.push({ line: this.source.lineOf(path), path, message });
    else list.push({ line: 1, path: [], message: moreNotes });
  }

  /** A map, or nothing: what is there but is no map is refused. */
  map(value: Plain | undefined, path: Path): PlainMap | undefined {
    if (value === undefined || value === null) return undefined;
    if (isPlainMap(value)) return value;
    this.refuse(path, `${String(path.at(-1))} must be a map of keys and values.`);
  }

  /** true or false, also as text ("true"), which exports of WSO2 hold. */
  boolean(value: Plain | undefined, path: Path): boolean | undefined {
    if (value === undefined || value === null) return undefined;
    if (typeof value === "boolean") return value;
    if (typeof value === "string" && /^(true|false)$/i.test(value.trim())) {
      return value.trim().toLowerCase() === "true";
    }
    this.refuse(path, `${String(path.at(-1))} must be true or false.`);
  }

  /** A whole number, also as text; outside of the bounds `instead`, else the nearest one, is taken and said. */
  number(
    value: Plain | undefined,
    path: Path,
    min: number,
    max: number,
    instead?: number,
  ): number | undefined {
    if (value === undefined || value === null) return undefined;
    const number = typeof value === "string" && /^\s*-?\d+\s*$/.test(value) ? Number(value) : value;
    const key = String(path.at(-1));
    if (typeof number !== "number" || !Number.isInteger(number)) {
      this.refuse(path, `${key} must be a whole number from ${min} to ${max}.`);
      return undefined;
    }
    if (number >= min && number <= max) return number;
    const used = instead ?? (number < min ? min : max);
    this.warn(path, `${key} must be from ${min} to ${max}: ${used} is used.`);
    return used;
  }

  /** A list of texts, also a single one; numbers as they are written. */
  texts(value: Plain | undefined, path: Path): string[] | undefined {
    if (value === undefined || value === null) return undefined;
    const list = Array.isArray(value) ? value : [value];
    return list.flatMap((item, i) => {
      if (typeof item === "string") return [item];
      if (typeof item === "number" || typeof item === "boolean") return [String(item)];
      this.refuse(Array.isArray(value) ? [...path, i] : path, `${String(path.at(-1))} must hold texts only.`);
      return [];
    });
  }
}
