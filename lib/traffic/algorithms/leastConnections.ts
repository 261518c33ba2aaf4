import { type Candidate, defineAlgorithm } from "./algorithm";
import { SmoothRotation } from "./smooth";

/** Fewest requests in flight per weight, ties in (weighted) rotation (docs/rules/gateway.md section 3). */
export const leastConnections = defineAlgorithm({
  name: "leastConnections",
  label: "Least Connections",
  hint: "Sends each request to the endpoint with the fewest requests in flight for its weight.",
  usesWeights: true,
  // Synapse's WeightedRRLC weighs by connections left, which is this one's job.
  synapseClasses: ["org.apache.synapse.endpoints.algorithms.WeightedRRLCAlgorithm"],
  create(size) {
    const rotation = new SmoothRotation(size);
    return {
      pick<C extends Candidate>(candidates: readonly C[]): C {
        let best = Number.POSITIVE_INFINITY;
        let ties = 0;
        let winner = candidates[0]!;
        for (const candidate of candidates) {
          const load = candidate.inFlight / candidate.weight;
          if (load < best) {
            best = load;
            ties = 1;
            winner = candidate;
          } else if (load === best) ties++;
        }
        if (ties === 1) return winner;
        if (ties === candidates.length) return rotation.pick(candidates);
        return rotation.pick(candidates.filter((c) => c.inFlight / c.weight === best));
      },
    };
  },
});
