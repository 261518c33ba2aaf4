import type { Candidate } from "./algorithm";

/** One candidate at random, in proportion to the weights. `point` is uniform in [0, 1). */
export function weightedSample<C extends Candidate>(candidates: readonly C[], point: number): C {
  let total = 0;
  for (const candidate of candidates) total += candidate.weight;
  let rest = point * total;
  for (const candidate of candidates) {
    rest -= candidate.weight;
    if (rest < 0) return candidate;
  }
  return candidates[candidates.length - 1]!;
}
