import { type Pin, pinHolds } from "#lib/traffic/pin";

/**
 * Where SOAP and client ID sessions keep which endpoint a client is on. In memory here; a store shared by
 * several gateways answers with promises.
 */
export interface PinStore {
  /** The endpoint a session is pinned to, if it was used within `timeoutMs` before `now` (ms since the epoch). */
  get(key: string, timeoutMs: number, now: number): string | undefined | Promise<string | undefined>;
  /** Pins the session, or moves it, and starts its timeout anew. */
  set(key: string, endpointId: string, now: number): void;
}

/** Sessions kept at most: about 20 MB. The least recently used go first. */
const MAX_PINS = 100_000;

export class MemoryPins implements PinStore {
  /** In order of use, oldest first. */
  private readonly pins = new Map<string, Pin>();

  constructor(private readonly maxPins = MAX_PINS) {}

  get(key: string, timeoutMs: number, now: number): string | undefined {
    const pin = this.pins.get(key);
    if (!pin) return undefined;
    if (pinHolds(pin, timeoutMs, now)) return pin.endpointId;
    this.pins.delete(key);
    return undefined;
  }

  set(key: string, endpointId: string, now: number): void {
    this.pins.delete(key);
    this.pins.set(key, { endpointId, lastUsed: now });
    if (this.pins.size > this.maxPins) this.pins.delete(this.pins.keys().next().value!);
  }
}
