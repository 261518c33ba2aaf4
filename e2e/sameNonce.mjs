/**
 * Loaded into the publisher that tests share, before its own code: all its pages have one nonce. The nonce is a part of
 * what V8 knows a script by, so that with a new one it compiles all scripts of a page again, at each page: a third of what
 * a page costs. Publishers of a test's own have nonces as they are.
 */
import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";

/** Of a nonce (proxy.ts), and of nothing else. */
const NONCE_BYTES = 24;
const { randomBytes } = crypto;
const nonce = randomBytes(NONCE_BYTES);

crypto.randomBytes = (size, ...rest) =>
  size === NONCE_BYTES ? Buffer.from(nonce) : randomBytes(size, ...rest);
syncBuiltinESMExports();
