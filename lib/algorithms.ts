import { z } from "zod";
import { fastestResponse } from "./algorithms/fastestResponse";
import { hash } from "./algorithms/hash";
import { leastConnections } from "./algorithms/leastConnections";
import { random } from "./algorithms/random";
import { roundRobin } from "./algorithms/roundRobin";
import type { Algorithm } from "./algorithms/types";
import { weightedRoundRobin } from "./algorithms/weightedRoundRobin";

export type { Algorithm, Candidate, PickContext, Picker } from "./algorithms/types";

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

/** Settings of the algorithms that have some, under their names; all kept when the choice changes. */
const settingsShape = Object.fromEntries(
  algorithms.flatMap((a) => (a.settings ? [[a.name, a.settings.prefault({})]] : [])),
);

/** How a load-balanced group picks. Kept as it is while the routing is another one. */
export const AlgorithmChoice = z.object({
  name: z.enum([OTHER, ...algorithms.map((a) => a.name)]).default(algorithms[0]!.name),
  /** For "other": a Synapse class name or that of an installed custom algorithm. */
  className: z.string().max(200).default(""),
  settings: z.object(settingsShape).prefault({}) as unknown as z.ZodDefault<
    z.ZodType<Record<string, unknown>, Record<string, unknown>>
  >,
});
export type AlgorithmChoice = z.infer<typeof AlgorithmChoice>;

/** The built-in algorithm that a choice means; undefined when it names a custom one. */
export function builtInOf(choice: AlgorithmChoice): Algorithm | undefined {
  return choice.name === OTHER ? algorithmOfClass(choice.className) : findAlgorithm(choice.name);
}

/** Fresh state of the built-in algorithm for a group of `size` endpoints; undefined for a custom one. */
export function createPicker(choice: AlgorithmChoice, size: number) {
  const algorithm = builtInOf(choice);
  return algorithm?.create(size, choice.settings[algorithm.name]);
}
