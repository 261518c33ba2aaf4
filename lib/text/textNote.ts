import type { Problem } from "../model/apiTerms";

/** A remark on a text, with its place in the text and in the document. */
export interface Note extends Problem {
  /** 1-based line of the text as given. */
  line: number;
}

/** So many remarks of a file at most: one that is wrong everywhere must not make an answer larger than itself. */
export const MAX_NOTES = 200;
/** Said after them. */
export const moreNotes = `These are the first ${MAX_NOTES} remarks; there are more.`;
