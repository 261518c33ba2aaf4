import * as z from "zod";
import { algorithms, type AlgorithmChoice as Choice, OTHER } from "../traffic/algorithms";

const kinds = { object: z.object, enum: z.enum, string: z.string, number: z.number, boolean: z.boolean };

/** Settings of the algorithms that have some, under their names; all kept when the choice changes. */
const settingsShape = Object.fromEntries(
  algorithms.flatMap((a) => (a.settings ? [[a.name, a.settings(kinds).prefault({})]] : [])),
);

/** How a load-balanced group picks. Kept as it is while the routing is another one. */
export const AlgorithmChoice = z.object({
  name: z.enum([OTHER, ...algorithms.map((a) => a.name)]).default(algorithms[0]!.name),
  /** For "other": a Synapse class name or that of an installed custom algorithm. */
  className: z.string().max(200).default(""),
  settings: z.object(settingsShape).prefault({}) as unknown as z.ZodDefault<
    z.ZodType<Record<string, unknown>, Record<string, unknown>>
  >,
}) satisfies z.ZodType<Choice>;
