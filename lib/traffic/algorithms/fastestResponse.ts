import { type Candidate, defineAlgorithm, type PickContext } from "./algorithm";
import { weightedSample } from "./weightedSample";

/**
 * Peak EWMA with two random choices (docs/rules/gateway.md section 3; Finagle's P2C). The draw is by weight and the
 * comparison by cost alone, so equal endpoints get exactly their weights.
 */
export const fastestResponse = defineAlgorithm({
  name: "fastestResponse",
  label: "Fastest Response",
  hint: "Compares two endpoints chosen at random and takes the one that answers sooner.",
  usesWeights: true,
  create: () => ({
    pick<C extends Candidate>(candidates: readonly C[], context: PickContext): C {
      const first = weightedSample(candidates, context.random());
      if (candidates.length === 1) return first;
      const second = weightedSample(candidates, context.random());
      return cost(second) < cost(first) ? second : first;
    },
  }),
});

/** An endpoint not yet measured costs nothing while idle, so it is tried, and is not flooded while it is tried. */
function cost(candidate: Candidate): number {
  if (candidate.latencyMs === 0) return candidate.inFlight === 0 ? 0 : Number.MAX_VALUE;
  return candidate.latencyMs * (candidate.inFlight + 1);
}
