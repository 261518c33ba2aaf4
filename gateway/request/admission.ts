import type { ServerResponse } from "node:http";
import type { Answer } from "../http/answers";
import type { Arrival } from "./arrival";

/** A request, and how it is answered. */
export interface Admission extends Arrival {
  readonly res: ServerResponse;
  /** Set once it is on its way: what ends it with another answer. */
  call: { refuse(answer: Answer): void } | null;
}
