import { framings } from "./http1CorpusBodies";
import { chunks } from "./http1CorpusChunks";
import { ends } from "./http1CorpusEnds";
import { type Group, heads } from "./http1CorpusHeads";
import type { Method } from "./http1Readers";

export const corpus: readonly Group[] = [...heads, ...framings, ...chunks, ...ends];

/** Every answer of the corpus, with what is asked for. */
export function answersOf(groups: readonly Group[]): { method: Method; what: string; bytes: Buffer }[] {
  return groups.flatMap(({ method = "GET", answers }) =>
    Object.entries(answers).map(([what, text]) => ({ method, what, bytes: Buffer.from(text, "latin1") })),
  );
}
