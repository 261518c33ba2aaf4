import type { FailureCause } from "../traffic/outcome";
import { isTlsError, tlsWords } from "./trust";

/** What the errors of sockets mean, by node's code: the one table for people's words and for the gateway's causes. */

interface Meaning {
  /** In the middle of a sentence. */
  words: string;
  /** Why no connection came about; absent for what also ends one that has. */
  cause?: FailureCause;
}

const meanings: Readonly<Record<string, Meaning>> = {
  ECONNREFUSED: { words: "connection refused", cause: "refused" },
  ENOTFOUND: { words: "unknown host", cause: "dns" },
  EAI_AGAIN: { words: "unknown host (the name server does not answer)", cause: "dns" },
  EHOSTUNREACH: { words: "host unreachable", cause: "unreachable" },
  ENETUNREACH: { words: "network unreachable", cause: "unreachable" },
  EADDRNOTAVAIL: { words: "host unreachable", cause: "unreachable" },
  ETIMEDOUT: { words: "connection timed out", cause: "connectTimeout" },
  ECONNRESET: { words: "connection closed by the server" },
};

/** Why a connection did not come about; undefined when the code does not say. */
export function connectCause(code: string): FailureCause | undefined {
  return meanings[code]?.cause ?? (isTlsError(code) ? "tls" : undefined);
}

/** Why there is no answer, in the middle of a sentence: "connection refused". */
export function socketWords(code: string): string {
  const known = meanings[code];
  if (known) return known.words;
  if (code.startsWith("HPE_")) return "the server does not speak HTTP";
  return isTlsError(code) ? tlsWords(code) : "connection failed";
}
