/**
 * Fields that the publisher's front door adds to a request for the pages behind it, and takes away from everybody who
 * sends them from outside; all begin alike.
 */
export const OWN_PREFIX = "x-sluice-";
/** The caller's address. */
export const ADDRESS_FIELD = "x-sluice-address";
/** "1" when the caller came over TLS. */
export const HTTPS_FIELD = "x-sluice-https";
/** By what the publisher's build is known; answers have it, too. */
export const VERSION_FIELD = "x-sluice-version";
/** The page that was asked for, with its query. */
export const PATH_FIELD = "x-sluice-path";
