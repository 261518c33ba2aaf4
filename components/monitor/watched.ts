import type { Endpoint, KeyType } from "#lib/edit/endpoints";
import type { Failed, Missing } from "../shared/actionResults";

export interface Operator {
  state: Endpoint["state"];
  author: string;
  since: string;
}

/** An endpoint of the live revision. */
export interface Watched {
  endpoint: Endpoint;
  keyType: KeyType;
  /** "GET /menu" when it is a resource's own. */
  resource: string | null;
  /** What an operator said of it, which goes before the revision. */
  operator: Operator | null;
}

export type Switch = (
  id: string,
  endpointId: string,
  state: Endpoint["state"],
) => Promise<{ ok: true; seen: boolean } | Missing | Failed>;
