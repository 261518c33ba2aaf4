import type { Command } from "commander";

/** How commands talk: words for people, or JSON for programs. */

export interface Speech {
  isJson(): boolean;
  /** Prints the value with --json, and the words without. */
  tell(value: unknown, words: string): void;
  /** Beside the answer, so that it can still be read by a program. */
  warn(sentences: readonly string[]): void;
}

export function speechOf(program: Command): Speech {
  const isJson = () => program.opts<{ json?: boolean }>().json === true;
  return {
    isJson,
    tell(value, words) {
      process.stdout.write(`${isJson() ? JSON.stringify(value, null, 2) : words}\n`);
    },
    warn(sentences) {
      if (!isJson()) for (const sentence of sentences) process.stderr.write(`Warning: ${sentence}\n`);
    },
  };
}

/** What is said of a deployment. */
export const seen = (live: boolean) =>
  live
    ? "The gateway serves it."
    : "The gateway has not confirmed it yet; it stands and is served once it does.";

/** Columns as wide as what they hold. */
export function table(rows: string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** What a deployment answers. */
export interface Deployed {
  revision: number;
  live: boolean;
  /** Of several gateways, which serve it: "on 2 of 3 gateways: ..."; null where there is one. */
  gateways: string | null;
  /** That its path without the version is another API's; null when it is not. */
  notice: string | null;
}

export function deployedWords(done: Deployed, { name, version }: { name: string; version: string }): string {
  const where = done.gateways === null ? seen(done.live) : `It is live ${done.gateways}.`;
  const words = `Deployed r${done.revision} of ${name} ${version}. ${where}`;
  return done.notice === null ? words : `${words}\n${done.notice}`;
}
