import { type Method, type Reading, readByOurs } from "./http1Readers";

/** How our reading of an answer stands to llhttp's. */
export type Relation =
  /** Both read the same, or see the same cut off. */
  | "alike"
  /** Neither reads it to an end. */
  | "refused"
  /** llhttp reads it; ours does not, or does not use the connection again. */
  | "stricter"
  /** Ours reads it or uses the connection again, and llhttp does not. */
  | "laxer"
  /** Each reads something else. */
  | "different";

export function relate(ours: Reading, theirs: Reading): Relation {
  if (ours.end === "refused" || theirs.end === "refused" || ours.end !== theirs.end) {
    if (ours.end === "whole") return "laxer";
    return theirs.end === "whole" ? "stricter" : "refused";
  }
  const content = ({ end, interim, head, body, trailers }: Reading) =>
    JSON.stringify([end, interim, head, body, trailers]);
  if (content(ours) !== content(theirs)) return "different";
  if (ours.reusable === theirs.reusable) return "alike";
  return ours.reusable ? "laxer" : "stricter";
}

interface Exception {
  why: string;
  holds(ours: Reading, theirs: Reading, method: Method): boolean;
}

/** Where ours is laxer than llhttp, and stays so. */
export const exceptions = {
  bodiless: {
    why: "Two framings of a body that there is not: nothing can be misread, and the connection ends.",
    holds: ({ head, reusable }, { why }, method) => {
      const isBodiless = method === "HEAD" || head?.status === 204 || head?.status === 304;
      return isFraming.test(why ?? "") && isBodiless && includesAll(head, framings) && !reusable;
    },
  },
  trailers: {
    why: "A length among the trailers frames nothing and reaches no caller, and the connection ends.",
    holds: ({ head, trailers, reusable }, { why }) =>
      isFraming.test(why ?? "") &&
      namesIn(trailers).includes("content-length") &&
      includesAll(head, ["transfer-encoding"]) &&
      !reusable,
  },
  proxyConnection: {
    why: "Proxy-Connection says nothing (RFC 9112, appendix C.2.2): whoever closes all the same is noticed.",
    holds: ({ head, reusable }, { end }) =>
      reusable && end === "whole" && includesAll(head, ["proxy-connection"]),
  },
  head: {
    why: "The answer to HEAD ends with its head, also where no length is in it (RFC 9112, section 6.3).",
    holds: ({ head, reusable }, { end }, method) => {
      const isUnframed = !framings.some((name) => includesAll(head, [name]));
      return reusable && end === "whole" && method === "HEAD" && isUnframed && !saysClose(head);
    },
  },
} satisfies Record<string, Exception>;

const namesIn = (fields: readonly string[]) =>
  fields.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());
const includesAll = (head: Reading["head"], wanted: readonly string[]) => {
  const names = namesIn(head?.fields ?? []);
  return wanted.every((name) => names.includes(name));
};

const saysClose = (head: Reading["head"]) =>
  head?.fields.some((value, i, { [i - 1]: name = "" }) => {
    if (i % 2 === 0 || name.toLowerCase() !== "connection") return false;
    return value.split(",").some((option) => option.trim().toLowerCase() === "close");
  });

const framings = ["content-length", "transfer-encoding"];
const isFraming = /^HPE_(INVALID|UNEXPECTED)_(CONTENT_LENGTH|TRANSFER_ENCODING)$/;

/** Bytes. */
const NEAR = 100;
const STEP = 97;
const LONG = 1_000;

/** Every way to cut the bytes in two, and all single bytes; of what is long, not every one in its middle. */
export function* cuts(bytes: Buffer): Generator<Buffer[]> {
  const isNearEnd = (at: number) => at < NEAR || at > bytes.length - NEAR;
  for (let at = 1; at < bytes.length; at++) {
    if (isNearEnd(at) || at % STEP === 0) yield [bytes.subarray(0, at), bytes.subarray(at)];
  }
  if (bytes.length > LONG) return;
  yield Array.from(bytes, (_, at) => bytes.subarray(at, at + 1));
}

/** The first of the cuts that ours reads otherwise than the whole; null when all are read alike. */
export function misreadCut(
  method: Method,
  bytes: Buffer,
  all: Iterable<Buffer[]> = cuts(bytes),
): Buffer[] | null {
  const whole = JSON.stringify(comparable(readByOurs(method, [bytes])));
  for (const pieces of all) {
    if (JSON.stringify(comparable(readByOurs(method, pieces))) !== whole) return pieces;
  }
  return null;
}

/** How far a refused answer was read, and what is wrong first, depends on what had come by then. */
function comparable({ end, interim, head, body, trailers, reusable }: Reading) {
  return end === "refused" ? { end } : { end, interim, head, body, trailers, reusable };
}
