/**
 * Sessions keep one client on one endpoint. The timeout slides: each use starts it anew (docs/rules/gateway.md
 * section 4; WSO2 fixes it at the start).
 */

/** A pin: which endpoint, and when it was last used, ms since the epoch. */
export interface Pin {
  endpointId: string;
  lastUsed: number;
}

/** Whether a pin still holds at `now`. One from the future (a clock set back) holds. */
export function pinHolds(pin: Pin, timeoutMs: number, now: number): boolean {
  return now - pin.lastUsed <= timeoutMs;
}

/** The signed part of a cookie's value. */
export function formatPin(pin: Pin): string {
  return `${pin.endpointId}.${pin.lastUsed.toString(36)}`;
}

/** Reads what `formatPin` wrote; undefined for anything else. */
export function parsePin(text: string): Pin | undefined {
  const match = /^([A-Za-z0-9_-]{4,40})\.([0-9a-z]{1,11})$/.exec(text);
  if (!match) return undefined;
  return { endpointId: match[1]!, lastUsed: Number.parseInt(match[2]!, 36) };
}
