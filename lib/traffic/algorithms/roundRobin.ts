import { type Candidate, defineAlgorithm } from "./algorithm";

/** Strict rotation in list order: 1,2,3,1,2,3; with 1 out 2,3,2,3 (docs/rules/gateway.md section 3). */
export const roundRobin = defineAlgorithm({
  name: "roundRobin",
  label: "Round Robin",
  hint: "Sends each request to the next endpoint in the list.",
  usesWeights: false,
  synapseClasses: ["org.apache.synapse.endpoints.algorithms.RoundRobin"],
  create() {
    // The position of the last pick, not a count modulo the candidates: when one drops out, a count
    // would jump and send two requests in a row to the same endpoint.
    let last = -1;
    return {
      pick<C extends Candidate>(candidates: readonly C[]): C {
        let next = candidates[0]!;
        for (const candidate of candidates) {
          if (candidate.index > last) {
            next = candidate;
            break;
          }
        }
        last = next.index;
        return next;
      },
    };
  },
});
