import type { Problem } from "../model/apiTerms";

/** A remark on a text, with its place in the text and in the document. */
export interface Note extends Problem {
  /** 1-based line of the text as given. */
  line: number;
}
