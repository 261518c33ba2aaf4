/** Which origins a list of them names (RFC 6454, section 6.2): whole ones, and all subdomains of a host. */

/** `https://*.example.com:8443`: scheme, host, port. */
const subdomains = /^([a-z][a-z0-9+.-]*:\/\/)\*(\.[a-z0-9-]+(?:\.[a-z0-9-]+)*)(:\d{1,5})?$/i;

/** Why an entry names no origins; undefined when it does. `*` is all. */
export function originProblem(entry: string): string | undefined {
  if (!entry.includes("*") || entry === "*" || subdomains.test(entry)) return undefined;
  return `CORS: ${entry} names no origins. A * stands alone, or for the subdomains of a host, as in https://*.example.com.`;
}

/** Whether an origin, as browsers send it, is in the list. Any number of labels may stand for the `*`, none may not. */
export function originsIn(list: readonly string[]): (origin: string) => boolean {
  const whole = new Set(list);
  const patterns = list.flatMap((entry) => {
    const [, scheme, host, port = ""] = subdomains.exec(entry.toLowerCase()) ?? [];
    return host === undefined ? [] : [{ scheme: scheme!, end: host + port }];
  });
  return (origin) =>
    whole.has(origin) ||
    patterns.some(({ scheme, end }) => {
      if (!origin.startsWith(scheme) || !origin.endsWith(end)) return false;
      return /^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/.test(origin.slice(scheme.length, -end.length));
    });
}
