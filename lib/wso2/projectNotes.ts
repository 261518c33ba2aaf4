import { MAX_NOTES, moreNotes } from "../text/textNote";

/** What a reader has to say about a project: where it is and what is allowed there. */

export interface Note {
  /** The file inside the project, as it is called there. */
  file: string;
  /** Inside the file: "data.endpointConfig.production_endpoints[0].url"; "" for the whole of it. */
  place: string;
  message: string;
}

/** Collects while reading goes on: one reading tells everything that is wrong, not only the first thing. */
export class Notes {
  readonly problems: Note[] = [];
  readonly warnings: Note[] = [];

  constructor(private readonly file: string) {}

  problem(place: string, message: string): void {
    this.add(this.problems, place, message);
  }

  warn(place: string, message: string): void {
    this.add(this.warnings, place, message);
  }

  private add(list: Note[], place: string, message: string): void {
    const { file } = this;
    if (list.length < MAX_NOTES) list.push({ file, place, message });
    else if (list.length === MAX_NOTES) list.push({ file, place: "", message: moreNotes });
  }
}

/** In one line: "api.yaml, data.version: Enter a version." */
export function noteText({ file, place, message }: Note): string {
  return `${place === "" ? file : `${file}, ${place}`}: ${message}`;
}
