import { type Candidate, defineAlgorithm, type PickContext } from "./algorithm";
import { weightedSample } from "./weightedSample";

/** Independent of all state, so any number of gateways share load without talking to each other. */
export const random = defineAlgorithm({
  name: "random",
  label: "Random",
  hint: "Picks at random, in proportion to the weights.",
  usesWeights: true,
  create: () => ({
    pick: <C extends Candidate>(candidates: readonly C[], context: PickContext): C =>
      weightedSample(candidates, context.random()),
  }),
});
