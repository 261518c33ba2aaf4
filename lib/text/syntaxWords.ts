/** What the YAML parser says of a text that is neither YAML nor JSON. */
interface SyntaxError {
  /** One of yaml's `ErrorCode`; none from its tokenizer. */
  code?: string;
  message: string;
}

/** A `:` that is missing, or a text whose next line was taken for a part of it. */
const noColon =
  "This name has no “: ” behind it. A text of several lines needs quotes; in JSON a comma may be missing before it.";
const notHere = "This does not belong here. Is a quote, a comma or a line break missing before it?";

const byCode: Readonly<Record<string, string>> = {
  BLOCK_AS_IMPLICIT_KEY:
    "A second “: ” follows. Put a text that contains one in quotes, or write each field on a line of its own, indented like its neighbours.",
  BLOCK_IN_FLOW: "Between braces or brackets a comma is missing, or a text needs quotes.",
  TAB_AS_INDENT: "Indent with spaces: YAML does not allow tabs.",
  MULTILINE_IMPLICIT_KEY: noColon,
  UNEXPECTED_TOKEN: notHere,
  BAD_DIRECTIVE: "A line must not begin with % here.",
};

/**
 * A syntax error in words for people who write OpenAPI documents and not parsers; the library's own where it
 * is as clear. `at` is the text from the place of the error on.
 */
export function syntaxWords({ code, message }: SyntaxError, at: string): string {
  const unclosed = /closing (['"])quote/.exec(message)?.[1];
  if (unclosed) return `A text in quotes is not closed: its ${unclosed} is missing.`;
  const end = /^Flow (?:map|sequence) .*end with a ([}\]])/.exec(message)?.[1];
  if (end) return `A ${end === "}" ? "{" : "["} is not closed: its ${end} is missing before this.`;
  if (message.startsWith("Missing , or : between flow")) return "A comma or a colon is missing before this.";
  if (message.startsWith("Implicit map keys need")) return noColon;
  if (code === "BAD_INDENT")
    return "This is indented unlike its neighbours: the fields of one object begin in the same column.";
  const first = String.fromCodePoint(at.codePointAt(0) ?? 0x20);
  if (code === "BAD_SCALAR_START") return `A text must not begin with ${first}: put it in quotes.`;
  if (code === "BAD_DQ_ESCAPE") return `${message}. Write a backslash as \\\\, or use single quotes.`;
  const known = code && byCode[code];
  if (known) return known;
  // What the tokenizer itself stumbles over has no code.
  return code === undefined || /token in YAML stream/.test(message) ? notHere : message;
}
