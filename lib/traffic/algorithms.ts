import type { Algorithm, AlgorithmChoice } from "./algorithms/algorithm";
import { fastestResponse } from "./algorithms/fastestResponse";
import { hash } from "./algorithms/hash";
import { leastConnections } from "./algorithms/leastConnections";
import { random } from "./algorithms/random";
import { roundRobin } from "./algorithms/roundRobin";
import { weightedRoundRobin } from "./algorithms/weightedRoundRobin";

export type { Algorithm, AlgorithmChoice, Candidate, PickContext, Picker } from "./algorithms/algorithm";

/** The only list. Picker, validation, gateway, share plot and contract tests read it. The first is the default. */
export const algorithms: readonly Algorithm[] = [
  roundRobin,
  weightedRoundRobin,
  leastConnections,
  fastestResponse,
  random,
  hash,
];

/** The stored name of an algorithm that a class name selects (WSO2's "Other"). */
export const OTHER = "other";

/** A built-in algorithm by its stored name. */
export function findAlgorithm(name: string): Algorithm | undefined {
  return algorithms.find((a) => a.name === name);
}

/** The built-in algorithm that a Synapse class name means, else undefined: then it names a custom one. */
export function algorithmOfClass(className: string): Algorithm | undefined {
  return algorithms.find((a) => a.synapseClasses?.includes(className.trim()));
}

/** The choice of whoever has chosen nothing yet. */
export function newAlgorithmChoice(): AlgorithmChoice {
  const settings = Object.fromEntries(algorithms.flatMap((a) => (a.defaults ? [[a.name, a.defaults]] : [])));
  return { name: algorithms[0]!.name, className: "", settings };
}

/** The built-in algorithm that a choice means; undefined when it names a custom one. */
export function builtInOf(choice: AlgorithmChoice): Algorithm | undefined {
  return choice.name === OTHER ? algorithmOfClass(choice.className) : findAlgorithm(choice.name);
}

/** Fresh state of the built-in algorithm for a group of `size` endpoints; undefined for a custom one. */
export function createPicker(choice: AlgorithmChoice, size: number) {
  const algorithm = builtInOf(choice);
  return algorithm?.create(size, choice.settings[algorithm.name]);
}
