import { isIP } from "node:net";
import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";

/** How a connection to a backend checks who answers; as node's TLS takes it. */
export interface TlsRules {
  readonly rejectUnauthorized: boolean;
  /** Undefined: the usual authorities alone. */
  readonly secureContext: SecureContext | undefined;
}

/**
 * The name that a server at this host of a URL is asked by, and its certificate has to name; "" for an address, which
 * is no name for TLS (RFC 6066, section 3). Without a dot at the end, which no certificate has.
 */
export function tlsNameOf(hostname: string): string {
  const name = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  return isIP(name) === 0 ? name : "";
}

export const usualTls: TlsRules = { rejectUnauthorized: true, secureContext: undefined };

/**
 * The certificates that people added for backends. Each counts for its origin alone, beside the usual authorities.
 * A context takes milliseconds to make, so it is made once and kept for as long as its certificates are the same.
 */
export class BackendTrust {
  private readonly contexts = new Map<string, { pem: string; context: SecureContext }>();

  constructor(trusted: ReadonlyMap<string, readonly string[]> = new Map(), before?: BackendTrust) {
    for (const [origin, certificates] of trusted) {
      const pem = certificates.join("");
      const known = before?.contexts.get(origin);
      const context =
        known?.pem === pem
          ? known.context
          : createSecureContext({ ca: [...rootCertificates, ...certificates] });
      this.contexts.set(origin, { pem, context });
    }
  }

  for(origin: string): SecureContext | undefined {
    return this.contexts.get(origin)?.context;
  }
}

const words: Record<string, string> = {
  CERT_HAS_EXPIRED: "its certificate has expired",
  CERT_NOT_YET_VALID: "its certificate is not valid yet",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is from an unknown issuer",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is from an unknown issuer",
  UNABLE_TO_GET_ISSUER_CERT: "its certificate is from an unknown issuer",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate is from an unknown issuer",
  CERT_REVOKED: "its certificate was revoked",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host name",
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak TLS",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "it does not speak TLS",
};

/** Whether an error code of a connection is about TLS. */
export function isTlsError(code: string): boolean {
  return /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO|HOSTNAME_MISMATCH)/.test(code);
}

/** Why a TLS connection was not made, in words for people: "TLS: its certificate has expired". */
export function tlsWords(code: string): string {
  return words[code] ? `TLS: ${words[code]}` : "TLS handshake failed";
}
