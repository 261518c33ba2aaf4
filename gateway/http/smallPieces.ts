import type { Readable } from "node:stream";
import { type Exposed, guard } from "../boundary";
import { holdPaused } from "./nodeTricks";

/** So many pieces of a body are handed on as they come. */
const AS_THEY_COME = 16;
/** Pieces below this size are small, bytes. */
const SMALL = 4 * 1024;
/** What small ones are copied into, bytes. */
const BLOCK = 16 * 1024;
/** So many small ones of a body in one turn of the event loop, and its source waits in line for another turn. */
const IN_A_TURN = 256;

/**
 * Joins what comes in small pieces: a caller can make each byte of a body a piece (a chunk, a DATA frame), and each
 * piece costs memory of its own and a write to the endpoint. Beyond the first few of a body, those that arrive within
 * one turn of the event loop are handed on as one at its end.
 */
export class SmallPieces {
  private count = 0;
  private block: Buffer | null = null;
  /** How much of the block is used, and how much of that was handed on, bytes. */
  private used = 0;
  private handedOn = 0;
  private inThisTurn = 0;

  constructor(
    /** What is stopped so that no more come: the stream, or the connection where it has one for itself. */
    private readonly source: Readable,
    private readonly handOn: (piece: Buffer) => void,
    private readonly exposed: Exposed,
  ) {}

  push(piece: Buffer): void {
    if (++this.count > AS_THEY_COME && piece.length < SMALL) {
      this.gather(piece);
      return;
    }
    this.flush();
    this.handOn(piece);
  }

  private gather(piece: Buffer): void {
    if (this.inThisTurn++ === 0) setImmediate(guard("body gathered", this.exposed, this.endTurn));
    if (this.inThisTurn === IN_A_TURN) this.stopSource();
    if (this.block === null || this.used + piece.length > BLOCK) {
      this.flush();
      this.block = Buffer.allocUnsafeSlow(BLOCK);
      this.used = this.handedOn = 0;
    }
    piece.copy(this.block, this.used);
    this.used += piece.length;
  }

  /** Hands on what was gathered. */
  flush(): void {
    if (this.block === null || this.used === this.handedOn) return;
    const piece = this.block.subarray(this.handedOn, this.used);
    this.handedOn = this.used;
    this.handOn(piece);
  }

  private readonly endTurn = (): void => {
    this.inThisTurn = 0;
    this.flush();
  };

  /** Stops the source until it is its turn. */
  private stopSource(): void {
    stopped.push(holdPaused(this.source));
    if (stopped.length === 1) setImmediate(resumeNext);
  }
}

/** Lets go on what is stopped. One source a turn, so that turns stay short however many there are. */
const stopped: (() => void)[] = [];

function resumeNext(): void {
  stopped.shift()?.();
  if (stopped.length > 0) setImmediate(resumeNext);
}

/** Adds a piece to those that are kept; one that lies behind the last in memory makes one piece with it. */
export function keepPiece(kept: Buffer[], piece: Buffer): void {
  const last = kept.at(-1);
  if (last && last.buffer === piece.buffer && last.byteOffset + last.length === piece.byteOffset)
    kept[kept.length - 1] = Buffer.from(last.buffer, last.byteOffset, last.length + piece.length);
  else kept.push(piece);
}
