import { expect, test } from "@playwright/test";
import { connectCause, socketWords } from "#lib/node/socketWords";

for (const [code, cause, words] of [
  ["ECONNREFUSED", "refused", "connection refused"],
  ["ENOTFOUND", "dns", "unknown host"],
  ["EAI_AGAIN", "dns", "unknown host (the name server does not answer)"],
  ["EHOSTUNREACH", "unreachable", "host unreachable"],
  ["ENETUNREACH", "unreachable", "network unreachable"],
  ["ETIMEDOUT", "connectTimeout", "connection timed out"],
  ["ECONNRESET", undefined, "connection closed by the server"],
  ["CERT_HAS_EXPIRED", "tls", "TLS: its certificate has expired"],
  ["EPROTO", "tls", "TLS handshake failed"],
  ["HPE_INVALID_CONSTANT", undefined, "the server does not speak HTTP"],
  ["EWHATEVER", undefined, "connection failed"],
  ["", undefined, "connection failed"],
] as const) {
  test(`${code || "an error without a code"} is ${words}`, () => {
    expect([connectCause(code), socketWords(code)]).toEqual([cause, words]);
  });
}
