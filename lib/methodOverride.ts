/** Fields that name another method than the request's: frameworks route by them as if it were the request's own. */
const overrides: ReadonlySet<string> = new Set([
  "x-http-method-override",
  "x-http-method",
  "x-method-override",
  "http-method-override",
  "x-original-method",
]);

/** A field's name as CGI, WSGI and Rack see it, which make one variable of "-" and "_"; in lower case. */
export function foldedName(name: string): string {
  const lower = name.toLowerCase();
  return lower.includes("_") ? lower.replaceAll("_", "-") : lower;
}

/** Whether a field of this name, in any case, names another method than the request's. */
export function isMethodOverride(name: string): boolean {
  return overrides.has(foldedName(name));
}
