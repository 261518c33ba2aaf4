import type { BlockList } from "node:net";
import type { WebSockets } from "../backends/joined";
import type { TestKeys } from "../callers/testkey";
import type { AccessLog } from "../counts/log";
import type { Metrics } from "../counts/metrics";
import type { Snapshot } from "../routes/table";
import type { Authenticator } from "../tokens/auth";
import type { PinStore } from "./pins";
import type { Traces } from "./traces";

/** What every request may use. One object for the process. */
export interface GatewayContext {
  /** The routing table of the moment; a request keeps the one it began with. */
  snapshot(): Snapshot;
  readonly auth: Authenticator;
  /** Null when test keys are off. */
  readonly testKeys: TestKeys | null;
  readonly pins: PinStore;
  readonly log: AccessLog | null;
  readonly metrics: Metrics;
  readonly traces: Traces;
  readonly webSockets: WebSockets;
  /** Proxies in front of this gateway; null when there are none. */
  readonly trusted: BlockList | null;
}
