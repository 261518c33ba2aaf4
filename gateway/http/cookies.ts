import { createHmac, timingSafeEqual } from "node:crypto";
import { formatPin, type Pin, parsePin } from "#lib/traffic/pin";

const PREFIX = "sluice-";

/** A Cookie header without any affinity cookie, of whatever group; "" when nothing is left. */
export function withoutAffinity(cookie: string): string {
  if (!cookie.includes(PREFIX)) return cookie;
  const others = cookie.split(";").map((pair) => pair.trim());
  return others.filter((pair) => pair !== "" && !/^sluice-[0-9a-f]{8}(=|$)/.test(pair)).join("; ");
}

/**
 * The affinity cookie: which endpoint a client is pinned to, signed so that nobody can steer traffic, and
 * bound to API and key type so that it means nothing elsewhere. The only place that writes cookies.
 */
export class AffinityCookie {
  private readonly name: string;

  /**
   * @param key secret shared by all gateways of one installation
   * @param scope API and key type (and resource), part of what is signed
   * @param path the API's base path
   */
  constructor(
    private readonly key: Buffer,
    private readonly scope: string,
    private readonly path: string,
  ) {
    this.name = `${PREFIX}${createHmac("sha256", key).update(`name ${scope}`).digest("hex").slice(0, 8)}`;
  }

  /** The pin in a Cookie header if there is one of ours. */
  read(cookie: string): Pin | undefined {
    if (!cookie.includes(this.name)) return undefined;
    let pin: Pin | undefined;
    for (const pair of cookie.split(";")) {
      const [name, value = ""] = pair.split("=", 2) as [string, string?];
      if (name.trim() === this.name) pin = this.verify(value.trim()) ?? pin;
    }
    return pin;
  }

  /** A Set-Cookie value for a pin that was just used. `timeoutMs` only tells the browser when to forget it. */
  write(pin: Pin, timeoutMs: number, secure: boolean): string {
    const text = formatPin(pin);
    const maxAge = Math.ceil(timeoutMs / 1000);
    return `${this.name}=${text}.${this.sign(text)}; Path=${this.path}; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
  }

  private verify(value: string): Pin | undefined {
    const dot = value.lastIndexOf(".");
    const text = value.slice(0, dot);
    const given = Buffer.from(value.slice(dot + 1));
    const expected = Buffer.from(this.sign(text));
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    return parsePin(text);
  }

  /** 128 bits are plenty for a token that lives minutes. */
  private sign(text: string): string {
    return createHmac("sha256", this.key)
      .update(`${this.scope} ${text}`)
      .digest()
      .subarray(0, 16)
      .toString("base64url");
  }
}
