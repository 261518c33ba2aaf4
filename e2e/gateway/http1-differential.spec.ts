import { expect, test } from "@playwright/test";
import fc from "fast-check";
import { exceptions, misreadCut, type Relation, relate } from "./http1Compare";
import { answersOf, corpus } from "./http1Corpus";
import { ok } from "./http1CorpusHeads";
import { mutants, tryMutant } from "./http1Mutations";
import { Llhttp, readByOurs } from "./http1Readers";

/**
 * Our reader of answers beside node's (llhttp, strict) on the same bytes. Ours is never laxer: what llhttp refuses,
 * ours refuses; what both read, they read alike; where ours is stricter, the corpus says why.
 */

test("ours reads every answer as llhttp does, or is stricter where the corpus says why", async () => {
  const llhttp = await Llhttp.start();
  const found: string[] = [];
  for (const group of corpus) {
    await Promise.all(
      answersOf([group]).map(async ({ method, what, bytes }) => {
        const theirs = await llhttp.read(method, bytes);
        const ours = readByOurs(method, [bytes]);
        const relation = relate(ours, theirs);
        // What ours refuses, releases of llhttp refuse or read.
        const isRefusal = (kind: Relation) =>
          ours.end === "refused" && (kind === "refused" || kind === "stricter");
        if (relation !== group.relation && !(isRefusal(relation) && isRefusal(group.relation)))
          found.push(
            `${what}: ${relation}, not ${group.relation}: ${JSON.stringify({ ours, theirs }, null, 1)}`,
          );
        if (relation !== "laxer") return;
        const exception = Object.values(exceptions).find(({ holds }) => holds(ours, theirs, method));
        if (exception?.why !== group.why) found.push(`${what}: not the exception that it is said to be`);
      }),
    );
  }
  llhttp.close();
  expect(found).toEqual([]);
});

test("however an answer is cut, ours reads the same", () => {
  for (const { method, what, bytes } of answersOf(corpus)) {
    const cut = misreadCut(method, bytes);
    expect(cut?.map(String), what).toBeUndefined();
  }
});

test("ours reads some mutants of them no laxer and no otherwise than llhttp", async () => {
  const llhttp = await Llhttp.start();
  const property = fc.asyncProperty(mutants, async (mutant) => void (await tryMutant(mutant, llhttp)));
  await fc.assert(property, { seed: 23, numRuns: 1_500 });
  llhttp.close();
});

test("what is in a value makes it no slower to read: spaces as well as letters", () => {
  // Backtracking over the spaces took two thousand times as long.
  const [spaces, letters] = [" ", "b"].map((filling) => {
    const answer = Buffer.from(ok(`A: b${filling.repeat(16_000)}b \r\nContent-Length: 0\r\n`));
    return Math.min(...Array.from({ length: 10 }, () => timeOf(() => readByOurs("GET", [answer]))));
  });
  expect(spaces!).toBeLessThan(letters! * 100);
});

function timeOf(act: () => void): number {
  const start = performance.now();
  act();
  return performance.now() - start;
}
