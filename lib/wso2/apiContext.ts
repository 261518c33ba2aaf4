import { normalizeContext } from "../edit/api";
import type { OpenApiReading } from "../openapi/openapiReading";

/** Where it answers: the definition's base path as it stands, else api.yaml's context with the version. */
export function contextOf(
  own: string,
  version: string,
  isDefaultVersion: boolean,
  reading: OpenApiReading | undefined,
): { context: string; isDefaultVersion: boolean } {
  const { context = "", version: documentVersion, isDefaultVersion: bare } = reading?.definition ?? {};
  if (!reading?.contextFrom) return { context: withoutVersion(own, version), isDefaultVersion };
  if (documentVersion === version || context.includes("{version}")) return { context, isDefaultVersion };
  // The reader took off the document's version, which is not the API's.
  const whole = bare ? context : `${context}/${documentVersion}`;
  const ends = whole.endsWith(`/${version}`);
  return { context: withoutVersion(whole, version), isDefaultVersion: isDefaultVersion || !ends };
}

/** A context that names the version at its end means the same without it. */
function withoutVersion(given: string, version: string): string {
  const context = normalizeContext(given);
  if (!context.endsWith(`/${version}`)) return context;
  // Where nothing but the version would be left, it stays a segment of its own.
  return context.slice(0, -version.length - 1) || "/{version}";
}
