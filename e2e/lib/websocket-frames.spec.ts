import { expect, test } from "@playwright/test";
import fc from "fast-check";
import { FrameCounter, goingAway } from "#lib/traffic/webSocketFrames";

interface Frame {
  length: number;
  masked: boolean;
  /** Bytes of the length beyond what is needed: 0, 2 or 8. */
  form: 0 | 2 | 8;
}

function bytesOf({ length, masked, form }: Frame): number[] {
  const least = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const more = Math.max(least, form);
  const extended = Array.from({ length: more }, (_, i) => Math.floor(length / 256 ** (more - 1 - i)) % 256);
  const short = more === 8 ? 127 : more === 2 ? 126 : length;
  const head = [0x82, short | (masked ? 0x80 : 0), ...extended, ...(masked ? [1, 2, 3, 4] : [])];
  // What is within must not be taken for heads.
  return [...head, ...new Array<number>(length).fill(0x88)];
}

const frames = fc.array(
  fc.record({
    length: fc.oneof(fc.nat(4), fc.constantFrom(125, 126, 127, 300)),
    masked: fc.boolean(),
    form: fc.constantFrom(0 as const, 2 as const, 8 as const),
  }),
  { minLength: 1, maxLength: 8 },
);
const largest = { length: 65_536, masked: false, form: 8 } as const;
const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 9_000 })), {
  minLength: 1,
});

/** The bytes in pieces of these sizes, again and again. */
function* pieces(bytes: Uint8Array, lengths: readonly number[]): Generator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const length = lengths[i % lengths.length]!;
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

test("the ends of frames are known however the bytes come", () => {
  fc.assert(
    fc.property(frames, sizes, fc.boolean(), (some, lengths, large) => {
      const made = large ? [largest, ...some] : some;
      const ends = new Set([0]);
      let sum = 0;
      for (const frame of made) {
        sum += bytesOf(frame).length;
        ends.add(sum);
      }
      const counter = new FrameCounter();
      let at = 0;
      for (const piece of pieces(Uint8Array.from(made.flatMap(bytesOf)), lengths)) {
        counter.count(piece);
        at += piece.length;
        if (counter.isBetween !== ends.has(at)) return false;
      }
      return counter.isBetween;
    }),
  );
});

test("the present frame's end is found within a piece, and nothing is counted beyond", () => {
  const two = Uint8Array.from([...bytesOf({ length: 200, masked: false, form: 0 }), ...[0x81, 1, 65]]);
  for (let cut = 1; cut < 204; cut++) {
    const counter = new FrameCounter();
    expect(counter.countToEnd(two)).toBe(0);
    counter.count(two.subarray(0, cut));
    expect(counter.countToEnd(two.subarray(cut))).toBe(204 - cut);
    expect(counter.isBetween).toBe(true);
    expect(counter.countToEnd(two.subarray(204))).toBe(0);
  }
  const counter = new FrameCounter();
  counter.count(two.subarray(0, 1));
  expect(counter.countToEnd(two.subarray(1, 50))).toBe(49);
  expect(counter.isBetween).toBe(false);
});

test("a close frame says 1001, and is masked on the way to a server", () => {
  expect([...goingAway()]).toEqual([0x88, 2, 0x03, 0xe9]);
  const masked = [...goingAway(Uint8Array.from([0xff, 0x0f, 1, 2]))];
  expect(masked).toEqual([0x88, 0x82, 0xff, 0x0f, 1, 2, 0xfc, 0xe6]);
});
