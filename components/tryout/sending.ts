import type { KeyType } from "#lib/edit/endpoints";
import type { Trace } from "#lib/traffic/trace";
import type { Failed } from "../shared/actionResults";

export interface Sending {
  method: string;
  path: string;
  headers: [string, string][];
  body: string;
  /** Of the token that it is sent with. */
  keyType: KeyType;
  cookie: string;
}

export interface Answer {
  status: number;
  statusText: string;
  headers: [string, string][];
  body: string;
  size: number;
  ms: number;
  trace: Trace | null;
  /** Id of the one of several that it met; "" where there is one, or none told. */
  gateway: string;
}

export type Send = (id: string, request: Sending) => Promise<{ ok: true; answer: Answer } | Failed>;
