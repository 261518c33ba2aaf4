import type { HostRules } from "#lib/node/outgoing";
import type { TlsRules } from "#lib/node/trust";
import type { GatewayStatus } from "#lib/status";
import type { IdentityFiles } from "../callers/identity";
import type { Metrics } from "../counts/metrics";
import type { RequestRate } from "../counts/requestRate";
import type { Watcher } from "../reading/watch";
import type { Traces } from "../request/traces";
import type { CustomAlgorithms } from "../routes/custom";
import type { Authenticator } from "../tokens/auth";
import type { AdminAccess } from "./adminAccess";
import type { Announcer } from "./announcer";
import type { Descriptors } from "./descriptorShares";
import type { History } from "./history";

/** What the admin interface tells of and acts on. */
export interface AdminContext {
  /** The gateway's own. */
  id: string;
  access: AdminAccess;
  watcher: Watcher;
  auth: Authenticator;
  urls: GatewayStatus["urls"];
  version: string;
  /** Of its machine. */
  name: string;
  announcer: Announcer;
  rate: RequestRate;
  check: HostRules;
  metrics: Metrics;
  history: History;
  traces: Traces;
  custom: CustomAlgorithms;
  descriptors: Descriptors;
  /** Null while HTTPS is off. */
  identity: IdentityFiles | null;
  /** How the certificate at a URL is checked. */
  tlsOf(url: string, verify: boolean): TlsRules;
  /** A stopping gateway is not ready. */
  stopping(): boolean;
}
