/**
 * `npm run fuzz -- 10`: for so many minutes, mutants of the corpus of answers are read by our reader of HTTP/1.1 and by
 * node's (docs/decisions/001-http1-of-our-own.md). Ends with exit code 1 when ours is laxer, reads another thing, or
 * reads one cut into pieces otherwise. `npm run fuzz -- 1 SEED` begins with that seed. Not part of `npm test`, which
 * tries a few of them.
 */
import fc from "fast-check";
import { type Mutant, mutants, tryMutant } from "./gateway/http1Mutations";
import { Llhttp } from "./gateway/http1Readers";

const MINUTES = Number(process.argv[2] ?? 10);
const FIRST_SEED = Number(process.argv[3] ?? Date.now() % 2 ** 31);
/** So many are tried at once: each waits for a socket of its own. */
const LANES = 8;
/** Mutants a seed. */
const RUNS = 1_000;
/** More than these tell nothing new, ms and findings. */
const SHRINKING_MS = 10_000;
const MAX_FINDINGS = 20;
const REPORT_MS = 60_000;

const llhttp = await Llhttp.start();
const relations = new Map<string, number>();
const end = Date.now() + MINUTES * 60_000;
let seed = FIRST_SEED;
let tried = 0;
let findings = 0;
console.log(`From seed ${FIRST_SEED} on.`);
const reporting = setInterval(report, REPORT_MS);
await Promise.all(Array.from({ length: LANES }, lane));
clearInterval(reporting);
report();
llhttp.close();
process.exit(findings > 0 ? 1 : 0);

async function lane(): Promise<void> {
  while (Date.now() < end && findings < MAX_FINDINGS) await round(seed++);
}

async function round(own: number): Promise<void> {
  const property = fc.asyncProperty(mutants, async (mutant) => {
    tried++;
    const relation = await tryMutant(mutant, llhttp);
    relations.set(relation, (relations.get(relation) ?? 0) + 1);
  });
  const limits = { numRuns: RUNS, interruptAfterTimeLimit: Math.max(SHRINKING_MS, end - Date.now()) };
  const { failed, counterexample, errorInstance } = await fc.check(property, { ...limits, seed: own });
  if (failed && counterexample) tell(own, counterexample[0], String(errorInstance));
}

function tell(own: number, { method, answer }: Mutant, error: string): void {
  findings++;
  console.log(`Seed ${own}, to ${method}, shrunk: ${JSON.stringify(answer)}\n  ${error}`);
}

function report(): void {
  const counts = [...relations].map(([relation, count]) => `${count} ${relation}`).join(", ");
  console.log(`${tried} answers, ${findings} findings; ${counts}`);
}
