import { expect, test } from "@playwright/test";
import { readTree } from "../../tools/sourceTree";
import { root } from "../processes";

/** Files and functions that can be read in one look: docs/design.md section 3. */

const MAX_FILE = 300;
const MAX_FUNCTION = 60;
const tests = /^e2e\//;

/** What may be longer, how long at most, and why. */
const allowed: Record<string, { lines: number; why: string }> = {
  "gateway/backends/http1.ts": {
    lines: 477,
    why: "one state machine, which would be harder to follow in parts",
  },
};

interface Size {
  name: string;
  lines: number;
}

/**
 * The functions of a text whose format lint holds: one begins where a line opens its block, or its list of parameters
 * that ends with such a line, and ends with the next brace at that depth.
 */
function functionsOf(text: string): Size[] {
  const lines = text.split("\n");
  const found: Size[] = [];
  for (const [i, line] of lines.entries()) {
    const [, indent = "", code = ""] = /^(\s*)(.*)$/.exec(line) ?? [];
    if (!/(=>|\)(: [^=]+)?) \{$/.test(code)) continue;
    if (/^(\} )?(if|else|for|while|switch|catch|do|try)\b/.test(code)) continue;
    const isAtDepth = (other: string | undefined) =>
      other?.startsWith(indent) && /\S/.test(other[indent.length] ?? "");
    let start = i;
    if (code.startsWith(")"))
      do start--;
      while (start > 0 && !isAtDepth(lines[start]));
    let end = i + 1;
    while (end < lines.length && !(isAtDepth(lines[end]) && lines[end]!.startsWith(`${indent}}`))) end++;
    found.push({ name: nameOf(lines[start]!), lines: end - start + 1 });
  }
  return found;
}

const nameOf = (line: string) =>
  /(?:function\*?|const|class|get|set)\s+(\w+)/.exec(line)?.[1] ??
  /(\w+)\s*[(:=]/.exec(line)?.[1] ??
  line.trim();

/** Everything that is longer than it may be. */
function tooLong(tree: ReadonlyMap<string, string>): Map<string, number> {
  const found = new Map<string, number>();
  const note = (what: string, lines: number, max: number) => {
    if (lines > max) found.set(what, Math.max(lines, found.get(what) ?? 0));
  };
  for (const [path, text] of tree) {
    if (tests.test(path)) continue;
    note(path, text.split("\n").length - 1, MAX_FILE);
    for (const { name, lines } of functionsOf(text)) note(`${path}: ${name}`, lines, MAX_FUNCTION);
  }
  return found;
}

test("no file has more than 300 lines and no function more than 60, but those that say why", () => {
  const found = tooLong(readTree(root));
  const longer = [...found].filter(([what, lines]) => lines > (allowed[what]?.lines ?? 0));
  expect(longer.map(([what, lines]) => `${what} has ${lines} lines`)).toEqual([]);
  const needless = Object.keys(allowed).filter((what) => !found.has(what));
  expect(needless, "exceptions that nothing needs").toEqual([]);
});

for (const [what, head] of [
  ["a function", "export function long(): void {"],
  [
    "a function of many parameters",
    "export async function long(\n  one: string,\n  two: string,\n): Promise<void> {",
  ],
  ["a function in a constant", "const long = async (given: string) => {"],
  ["a component that is memoized", "export const long = memo(function Long(props: Props) {"],
  ["a method", "class Thing {\n  private long(given: string): void {"],
] as const) {
  test(`${what} that grows too long is found`, () => {
    const indent = head.startsWith("class") ? "  " : "";
    const body = `${indent}  one();\n`.repeat(MAX_FUNCTION);
    const found = tooLong(new Map([["lib/tell/planted.ts", `${head}\n${body}${indent}}\n`]]));
    expect([...found.keys()]).toEqual(["lib/tell/planted.ts: long"]);
  });
}

test("a file that grows too long is found wherever it is, but among the tests", () => {
  const paths = [
    "bin/planted.mjs",
    "cli/planted.ts",
    "components/planted.tsx",
    "tools/planted.mjs",
    "proxy.ts",
  ];
  const text = "one();\n".repeat(MAX_FILE + 1);
  const found = tooLong(new Map([...paths, "e2e/ui/planted.spec.ts"].map((path) => [path, text])));
  expect([...found.keys()]).toEqual(paths);
});
