import { InvalidArgumentError } from "commander";
import { Failure, USAGE } from "./client";

/** What is given to a command besides files: values of options, and standard input. */

/** Reads one of a few words, in capitals or not. */
export function oneOf(...allowed: string[]): (text: string) => string {
  return (text) => {
    const found = allowed.find((value) => value.toLowerCase() === text.toLowerCase());
    if (found) return found;
    throw new InvalidArgumentError(`Allowed are ${allowed.join(", ")}.`);
  };
}

/** Reads the number of a revision, with or without its r. */
export function wholeNumber(text: string): number {
  if (!/^r?[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("It is a number such as 6.");
  return Number(text.replace(/^r/, ""));
}

/** All of it, without the line's end. */
export async function standardInput(): Promise<string> {
  if (process.stdin.isTTY)
    throw new Failure("Set SLUICE_PASSWORD, or send the password on standard input.", USAGE);
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks)
    .toString()
    .replace(/\r?\n$/, "");
}
