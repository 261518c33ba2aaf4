import type { Candidate } from "./algorithm";

/**
 * nginx's smooth weighted rotation, shared by the algorithms that rotate by weight: each round every
 * candidate gains its weight, the largest wins and pays the sum. 5,1,1 gives a a b a c a a.
 */
export class SmoothRotation {
  private readonly current: Float64Array;

  constructor(size: number) {
    this.current = new Float64Array(size);
  }

  pick<C extends Candidate>(candidates: readonly C[]): C {
    let total = 0;
    let best = candidates[0]!;
    let bestCurrent = Number.NEGATIVE_INFINITY;
    for (const candidate of candidates) {
      const value = this.current[candidate.index]! + candidate.weight;
      this.current[candidate.index] = value;
      total += candidate.weight;
      if (value > bestCurrent) {
        best = candidate;
        bestCurrent = value;
      }
    }
    this.current[best.index] = bestCurrent - total;
    return best;
  }
}
