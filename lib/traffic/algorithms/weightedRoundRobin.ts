import { defineAlgorithm } from "./algorithm";
import { SmoothRotation } from "./smooth";

/** Smooth weighted rotation; the others keep their proportions when one is out (docs/rules/gateway.md section 3). */
export const weightedRoundRobin = defineAlgorithm({
  name: "weightedRoundRobin",
  label: "Weighted Round Robin",
  hint: "Rotates so that each endpoint gets its share by weight, evenly spread over time.",
  usesWeights: true,
  synapseClasses: ["org.apache.synapse.endpoints.algorithms.WeightedRoundRobin"],
  create: (size) => new SmoothRotation(size),
});
