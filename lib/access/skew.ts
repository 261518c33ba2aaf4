/** How far clocks may differ, ms. */
export interface Skew {
  /** How long after its end a token still passes. */
  lateMs: number;
  /** How long before its beginning it passes already. */
  earlyMs: number;
}

/** How far the clocks of other issuers may be from ours, s, unless a setting says otherwise. */
const FOREIGN_SKEW_SECONDS = 30;
/** So much may a gateway's clock be behind that of the publisher which makes our own tokens, s. */
const OWN_EARLY_SECONDS = 5;

/** What is allowed for the clock of an issuer. @param seconds as it is set for all of them */
export function skewOf(builtIn: boolean, seconds: number | undefined): Skew {
  // What ends a token of our own ends it on time.
  const [late, early] = builtIn ? [0, OWN_EARLY_SECONDS] : [FOREIGN_SKEW_SECONDS, FOREIGN_SKEW_SECONDS];
  return { lateMs: (seconds ?? late) * 1000, earlyMs: (seconds ?? early) * 1000 };
}
