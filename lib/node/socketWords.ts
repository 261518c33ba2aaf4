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
  // What `lookupName` fails with.
  ENOTFOUND: { words: "unknown host", cause: "dns" },
  ENODATA: { words: "unknown host (the name has no address)", cause: "dns" },
  ESERVFAIL: { words: "unknown host (the name server failed)", cause: "dns" },
  EAI_AGAIN: { words: "unknown host (the name server does not answer)", cause: "dns" },
  EHOSTUNREACH: { words: "host unreachable", cause: "unreachable" },
  ENETUNREACH: { words: "network unreachable", cause: "unreachable" },
  EADDRNOTAVAIL: { words: "host unreachable", cause: "unreachable" },
  ETIMEDOUT: { words: "connection timed out", cause: "connectTimeout" },
  ECONNRESET: { words: "connection closed by the server" },
  // Of ours: no endpoint is to blame.
  EMFILE: { words: "no free descriptors" },
  ENFILE: { words: "no free descriptors" },
};

/** Why a connection did not come about; undefined when the code does not say. */
export function connectCause(code: string): FailureCause | undefined {
  return meanings[code]?.cause ?? (isTlsError(code) ? "tls" : undefined);
}

/** What a cause alone does not say, in the middle of a sentence; undefined where there is nothing more to say. */
export function connectWords(cause: FailureCause, code = ""): string | undefined {
  return cause === "tls" || cause === "dns" ? socketWords(code) : undefined;
}

/** Why there is no answer, in the middle of a sentence: "connection refused". */
export function socketWords(code: string): string {
  const known = meanings[code];
  if (known) return known.words;
  if (code.startsWith("HPE_")) return "the server does not speak HTTP";
  return isTlsError(code) ? tlsWords(code) : "connection failed";
}
