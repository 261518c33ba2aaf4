import { z } from "zod";

export const ApiId = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

export interface Failed {
  ok: false;
  kind: "failed";
  message: string;
}

/** What goes wrong unexpectedly is logged here and told without its internals. */
export async function guarded<T>(what: string, run: () => Promise<T>): Promise<T | Failed> {
  try {
    return await run();
  } catch (error) {
    // As text: printing the object makes Next map its stack first, which takes seconds on a busy machine.
    console.error(`${what} failed: ${error instanceof Error ? error.stack : error}`);
    return { ok: false, kind: "failed", message: "Something went wrong in Sluice. Nothing was changed." };
  }
}
