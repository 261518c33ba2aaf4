import type * as z from "zod";

/** What an algorithm sees of an endpoint. Only eligible ones reach it (docs/design.md section 4.3). */
export interface Candidate {
  readonly id: string;
  /** Position in the group's list, stable while the group lives; 0-based. */
  readonly index: number;
  /** Relative share, > 0: endpoints of weight 0 are not candidates. */
  readonly weight: number;
  /** Requests in flight now. */
  readonly inFlight: number;
  /** Peak EWMA of the latency to the response head, ms; 0 when nothing is known yet. */
  readonly latencyMs: number;
}

/** What an algorithm may know of the request. Clock and randomness are given, so that tests can hold them. */
export interface PickContext {
  /** Uniform in [0, 1). */
  random(): number;
  /** The caller's address. */
  readonly clientIp: string;
  /** A request header by lower-case name; "" when absent. */
  header(name: string): string;
}

/** The state of one algorithm for one endpoint group (a cursor, running weights). */
export interface Picker {
  /** Chooses one of `candidates`, which has at least one element. Must be synchronous and fast. */
  pick<C extends Candidate>(candidates: readonly C[], context: PickContext): C;
}

/** What of zod settings are made of. Not all of it: whoever hands that on has everything in its bundle. */
export type SettingKinds = Pick<typeof z, "object" | "enum" | "string" | "number" | "boolean">;

export interface Algorithm<Settings = unknown> {
  /** The stored name. */
  readonly name: string;
  /** What the picker shows. */
  readonly label: string;
  /** One sentence: what it does. */
  readonly hint: string;
  /** Whether weights steer it; the weight column is shown as unused otherwise. */
  readonly usesWeights: boolean;
  /** Synapse class names that mean this algorithm. */
  readonly synapseClasses?: readonly string[];
  /**
   * Settings of its own, every field with a default; absent when it has none. zod is given, because the pages run
   * algorithms too and need not load it for that.
   */
  readonly settings?: (zod: SettingKinds) => z.ZodType<Settings>;
  /** What an empty object means to `settings`; present when they are. */
  readonly defaults?: Settings;
  /** Fresh state for a group of `size` endpoints. */
  create(size: number, settings: Settings): Picker;
}

/** Fills in the type parameter from the settings schema. */
export function defineAlgorithm<Settings>(algorithm: Algorithm<Settings>): Algorithm {
  return algorithm as Algorithm;
}

/** How a load-balanced group picks, as a document says it. */
export interface AlgorithmChoice {
  /** An algorithm's, or "other". */
  name: string;
  /** For "other": a Synapse class name or that of an installed custom algorithm. */
  className: string;
  /** Settings of the algorithms that have some, under their names. */
  settings: Record<string, unknown>;
}
