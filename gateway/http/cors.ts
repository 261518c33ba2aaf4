import type { ApiDefinition } from "#lib/edit/api";
import { originsIn } from "#lib/traffic/origins";

type Settings = ApiDefinition["cors"];

/** What a backend may have said itself; with CORS on, the API's settings alone decide. */
const decided = new Set([
  "access-control-allow-origin",
  "access-control-allow-credentials",
  "access-control-expose-headers",
]);

/** Which pages of other origins may call an API and read its answers (Fetch standard, section 3.3). */
export class Cors {
  private readonly allows: (origin: string) => boolean;

  constructor(private readonly settings: Settings) {
    this.allows = originsIn(settings.allowOrigins);
  }

  /** Headers of the answer to a preflight; without the permission when the origin has none. */
  preflight(origin: string): Record<string, string> {
    const { allowMethods, allowHeaders } = this.settings;
    const permission = this.permission(origin);
    if (!permission["Access-Control-Allow-Origin"]) return permission;
    return {
      ...permission,
      "Access-Control-Allow-Methods": allowMethods.join(", "),
      "Access-Control-Allow-Headers": allowHeaders.join(", "),
    };
  }

  /** Headers of every other answer. */
  answer(origin: string): Record<string, string> {
    const { exposeHeaders } = this.settings;
    const permission = this.permission(origin);
    if (!permission["Access-Control-Allow-Origin"] || exposeHeaders.length === 0) return permission;
    return { ...permission, "Access-Control-Expose-Headers": exposeHeaders.join(", ") };
  }

  /** A backend's headers (name, value, ...) with ours instead of its own. */
  apply(headers: readonly string[], origin: string): string[] {
    const kept: string[] = [];
    for (let i = 0; i < headers.length; i += 2) {
      if (!decided.has(headers[i]!.toLowerCase())) kept.push(headers[i]!, headers[i + 1]!);
    }
    for (const [name, value] of Object.entries(this.answer(origin))) kept.push(name, value);
    return kept;
  }

  private permission(origin: string): Record<string, string> {
    const { allowOrigins, allowCredentials } = this.settings;
    // "Any origin" and credentials together would let every page act as the person: browsers refuse it, so do we.
    if (allowOrigins.includes("*")) return { "Access-Control-Allow-Origin": "*" };
    // Caches must not hand one origin's answer to another.
    if (!this.allows(origin)) return { Vary: "Origin" };
    return {
      "Access-Control-Allow-Origin": origin,
      ...(allowCredentials ? { "Access-Control-Allow-Credentials": "true" } : {}),
      Vary: "Origin",
    };
  }
}
