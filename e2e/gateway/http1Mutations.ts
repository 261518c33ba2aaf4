import fc from "fast-check";
import { exceptions, misreadCut, relate } from "./http1Compare";
import { answersOf, corpus } from "./http1Corpus";
import type { Group } from "./http1CorpusHeads";
import { type Llhttp, type Method, readByOurs } from "./http1Readers";

/** Answers that come of mutating the corpus, and what is to hold of our reading of each of them. */

/** A mutant, latin1, where it is cut, and what was asked for. */
export interface Mutant {
  method: Method;
  answer: string;
  /** Bytes; beyond the end they count from the start again. */
  cuts: number[];
}

/** Answers that are longer than this, bytes, are of the corpus for their length alone. */
const MAX_BASE = 1_000;

const textsOf = (groups: readonly Group[]) =>
  answersOf(groups)
    .map(({ bytes }) => bytes.toString("latin1"))
    .filter((text) => text.length <= MAX_BASE);
const bases = textsOf(corpus);
/** What is read leaves more to find than what is refused already. */
const base = fc.oneof(
  fc.constantFrom(...textsOf(corpus.filter(({ relation }) => relation !== "refused"))),
  fc.constantFrom(...bases),
);

const tokens = [
  ...["\r", "\n", "\r\n", "\r\n\r\n", " ", "\t", "\0", "\x0b", "\x7f", "\x80", "\xa0", "\xff"],
  ...[":", ";", "=", ",", '"', "\\", "-", "+", "0", "1", "5", "f", "g", "x", "00000000", "ffffffffffff"],
  ...["Content-Length: 5\r\n", "Content-Length: 0\r\n", "Content-Length: 18446744073709551615\r\n"],
  ...["Transfer-Encoding: chunked\r\n", "Transfer-Encoding: identity\r\n", "Transfer-Encoding:", "chunked"],
  ...["Connection: close\r\n", "Connection: keep-alive\r\n", "close", "keep-alive", "Upgrade: h2c\r\n"],
  ...["HTTP/1.1 200 OK\r\n", "HTTP/1.0 ", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 204 X\r\n\r\n"],
  ...["0\r\n\r\n", "0\r\n", "5\r\nhello\r\n", ";a=b", ';a="b"', "A: b\r\n", "Keep-Alive: timeout=5\r\n"],
];

type Mutation = (text: string) => string;

const place = fc.nat(MAX_BASE);
const length = fc.nat(20);
const at = (text: string, position: number) => position % (text.length + 1);
const put = (text: string, position: number, removed: number, added: string) => {
  const from = at(text, position);
  return text.slice(0, from) + added + text.slice(from + removed);
};

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, fc.constantFrom(...tokens)).map(
    ([position, token]): Mutation =>
      (text) =>
        put(text, position, 0, token),
  ),
  fc.tuple(place, fc.nat(3), fc.nat(255)).map(
    ([position, removed, byte]): Mutation =>
      (text) =>
        put(text, position, removed, String.fromCharCode(byte)),
  ),
  fc.tuple(place, length).map(
    ([position, removed]): Mutation =>
      (text) =>
        put(text, position, removed, ""),
  ),
  // What is there comes again, there or elsewhere.
  fc.tuple(place, length, place).map(([from, count, to]): Mutation => {
    return (text) => put(text, to, 0, text.slice(at(text, from), at(text, from) + count));
  }),
  fc.tuple(place, place).map(([one, other]): Mutation => {
    return (text) => {
      const lines = text.split("\r\n");
      lines.splice(one % lines.length, 0, lines[other % lines.length]!);
      return lines.join("\r\n");
    };
  }),
  // It goes on as another does.
  fc.tuple(place, fc.constantFrom(...bases), place).map(([position, other, from]): Mutation => {
    return (text) => text.slice(0, at(text, position)) + other.slice(at(other, from));
  }),
);

export const mutants: fc.Arbitrary<Mutant> = fc.record({
  method: fc.oneof({ weight: 9, arbitrary: fc.constant("GET" as const) }, fc.constant("HEAD" as const)),
  answer: fc
    .tuple(base, fc.array(mutation, { minLength: 1, maxLength: 3 }))
    .map(([first, mutations]) => mutations.reduce((text, mutate) => mutate(text), first)),
  cuts: fc.array(place, { maxLength: 4 }),
});

/** Rejects with what is wrong with how ours reads it. Resolves with the relation to llhttp's reading. */
export async function tryMutant({ method, answer, cuts }: Mutant, llhttp: Llhttp): Promise<string> {
  const bytes = Buffer.from(answer, "latin1");
  const ours = readByOurs(method, [bytes]);
  const cut = misreadCut(method, bytes, [
    piecesOf(bytes, cuts),
    Array.from(bytes, (byte) => Buffer.of(byte)),
  ]);
  if (cut)
    throw new Error(
      `Cut into ${JSON.stringify(cut.map((piece) => piece.toString("latin1")))} it is read otherwise.`,
    );
  const theirs = await llhttp.read(method, bytes);
  const relation = relate(ours, theirs);
  const excused = Object.values(exceptions).some(({ holds }) => holds(ours, theirs, method));
  if (relation === "different" || (relation === "laxer" && !excused))
    throw new Error(`${relation}: ${JSON.stringify({ ours, theirs })}`);
  return relation;
}

function piecesOf(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % Math.max(1, bytes.length)))].sort((a, b) => a - b);
  const starts = [0, ...places.filter((start) => start > 0)];
  return starts.map((start, i) => bytes.subarray(start, starts[i + 1]));
}
