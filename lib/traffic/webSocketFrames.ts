/** The frames of a WebSocket (RFC 6455, section 5.2), as far as whoever passes them on has to know them. */

/** Status of a close frame: the endpoint goes away, as a server does that goes down (section 7.4.1). */
const GOING_AWAY = 1001;

/** Where frames end in one direction, counted from its first byte on. Nothing is copied. */
export class FrameCounter {
  /** Bytes of the present frame's head that have come, of how many; the first two say it. */
  private seen = 0;
  private headLength = 2;
  /** The last byte of its extended length, counted from 1. */
  private lengthEnd = 2;
  /** Bytes of its payload that are still to come. */
  private left = 0;

  /** No frame has begun that has not ended: another one may be put in here. */
  get isBetween(): boolean {
    return this.seen === 0;
  }

  count(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) at = this.advance(bytes, at);
  }

  /** Counts up to where the present frame ends, and says how many bytes that is; all when it does not end in them. */
  countToEnd(bytes: Uint8Array): number {
    return this.isBetween ? 0 : this.advance(bytes, 0);
  }

  /** From `at` to the end of a frame, or of what there is. */
  private advance(bytes: Uint8Array, at: number): number {
    let next = at;
    while (this.seen < this.headLength) {
      if (next === bytes.length) return next;
      this.readHead(bytes[next++]!);
    }
    const taken = Math.min(this.left, bytes.length - next);
    this.left -= taken;
    if (this.left === 0) {
      this.seen = 0;
      this.headLength = 2;
    }
    return next + taken;
  }

  private readHead(byte: number): void {
    this.seen++;
    if (this.seen === 2) {
      const length = byte & 0x7f;
      this.lengthEnd = length === 127 ? 10 : length === 126 ? 4 : 2;
      this.headLength = this.lengthEnd + (byte & 0x80 ? 4 : 0);
      this.left = this.lengthEnd === 2 ? length : 0;
    } else if (this.seen > 2 && this.seen <= this.lengthEnd) this.left = this.left * 256 + byte;
  }
}

/** A close frame that says "going away"; a client's is masked, by four bytes that nobody can foresee. */
export function goingAway(mask?: Uint8Array): Uint8Array {
  const status = [GOING_AWAY >> 8, GOING_AWAY & 0xff];
  if (!mask) return Uint8Array.from([0x88, status.length, ...status]);
  return Uint8Array.from([0x88, 0x80 | status.length, ...mask, ...status.map((byte, i) => byte ^ mask[i]!)]);
}
