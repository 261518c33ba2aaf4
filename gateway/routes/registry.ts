import type { Limits } from "#lib/edit/api";
import type { Endpoint } from "#lib/edit/endpoints";
import { BackendTrust, type TlsRules } from "#lib/node/trust";
import { suspensionRule } from "#lib/traffic/suspension";
import { Live } from "../backends/live";
import { Backend } from "../backends/pool";

/** Live state by endpoint id + URL, shared by all snapshots. */
export class LiveRegistry {
  private readonly lives = new Map<string, Live>();
  private trust = new BackendTrust();

  /** Takes the certificates that people added, for what is live and for what comes. */
  trustThese(trusted: ReadonlyMap<string, readonly string[]>): void {
    this.trust = new BackendTrust(trusted, this.trust);
    for (const live of this.lives.values()) this.secure(live, live.tls.rejectUnauthorized);
  }

  /** How the certificate at a URL is checked. */
  tlsOf(url: string, verify = true): TlsRules {
    return { rejectUnauthorized: verify, secureContext: this.trust.for(new URL(url).origin) };
  }

  private secure(live: Live, verify: boolean): void {
    const rules = this.tlsOf(live.backend.origin, verify);
    const same = live.tls.rejectUnauthorized === verify && live.tls.secureContext === rules.secureContext;
    if (same) return;
    live.tls = rules;
    live.backend.trust(rules);
  }

  /**
   * The live state of an API's endpoint, new or the one it already has, with this revision's settings. The
   * API is part of the key because a copied API has endpoints of the same ids, with settings of its own.
   */
  acquire(apiId: string, endpoint: Endpoint, limits: Limits): Live {
    const { url, settings } = endpoint;
    const key = `${apiId} ${endpoint.id} ${url}`;
    let live = this.lives.get(key);
    if (!live) {
      live = new Live(key, new Backend(new URL(url).origin), suspensionRule(settings));
      this.lives.set(key, live);
    }
    live.users++;
    live.rule = suspensionRule(settings);
    const options = { tls: live.tls, http2: settings.http2 };
    live.backend.configure(options, limits.connectTimeoutMs, limits.connectionLifetimeMs);
    this.secure(live, settings.verifyTls);
    return live;
  }

  release(live: Live): void {
    live.users--;
    if (live.users > 0) return;
    this.lives.delete(live.key);
    live.closeWhenUnused();
  }
}
