/**
 * The one rule for backend URLs, used while typing, on save, on import and once more by the gateway.
 * Source: docs/rules/wso2.md section 1 ("URLs").
 */

export type UrlResult = { ok: true; url: URL } | { ok: false; message: string };

const FORM = "Use the form http://host:port/path.";

/**
 * Reads an endpoint URL: http or https, any host (names, IPv4, bracketed IPv6), port 1-65535.
 * User info, query and fragment are refused: credentials belong into Endpoint Security, and a query
 * would silently merge with that of the caller.
 */
export function parseEndpointUrl(text: string): UrlResult {
  const trimmed = text.trim();
  if (trimmed === "") return refuse(`Enter a URL. ${FORM}`);
  if (trimmed.length > 2000) return refuse("This URL is longer than 2000 characters.");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is looked for
  if (/[\s\u0000-\u001f\u007f\\]/.test(trimmed)) return refuse(`A URL has no spaces or backslashes. ${FORM}`);
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(trimmed)?.[1]?.toLowerCase();
  if (scheme === undefined) return refuse(`A URL starts with http:// or https://. ${FORM}`);
  if (scheme !== "http" && scheme !== "https") {
    return refuse(`"${scheme}" is not supported. A URL starts with http:// or https://.`);
  }
  const authority = trimmed.slice(scheme.length + 3).split(/[/?#]/, 1)[0] ?? "";
  if (authority === "") return refuse(`The host is missing. ${FORM}`);
  if (authority.includes("@")) {
    return refuse("A URL must not contain a user name or password. Set them under Endpoint security.");
  }
  const port = /:(\d*)$/.exec(authority)?.[1];
  if (port !== undefined && (port === "" || Number(port) < 1 || Number(port) > 65535)) {
    return refuse("The port must be a number from 1 to 65535.");
  }
  if (trimmed.includes("#")) return refuse("A URL must not contain a fragment (#…).");
  if (trimmed.includes("?"))
    return refuse("A URL must not contain a query (?…); the caller's query is used.");
  let url: URL;
  try {
    url = new URL(trimmed);
  } catch {
    return refuse(`This is not a valid URL. ${FORM}`);
  }
  if (url.hostname === "") return refuse(`The host is missing. ${FORM}`);
  return { ok: true, url };
}

export type FileUrl = { ok: true; url: string; warning?: string } | { ok: false; message: string };

/**
 * The same for a URL in a file. There `{...}` is a variable of a template, which only `servers` have, and one without a
 * scheme is meant as http, as WSO2's gateway has it.
 */
export function readFileUrl(text: string): FileUrl {
  const url = text.trim();
  const variable = /\{[^{}]*\}/.exec(url)?.[0];
  if (variable) return refuse(`Nothing fills ${variable.slice(0, 80)}: write the URL out.`);
  const parsed = parseEndpointUrl(url);
  if (parsed.ok) return { ok: true, url };
  const withScheme = `http://${url}`;
  if (url === "" || hasScheme.test(url) || !parseEndpointUrl(withScheme).ok) return parsed;
  return {
    ok: true,
    url: withScheme,
    warning: `It has no scheme and is read as ${withScheme.slice(0, 80)}.`,
  };
}

/** A port is told from what follows the scheme of `mailto:anna`. */
const hasScheme = /^[A-Za-z][A-Za-z0-9+.-]*:(?!\d+(\/|$))/;

/** Two spellings of the same backend compare equal: host case, default port, trailing slash. */
export function endpointUrlKey(text: string): string {
  const parsed = parseEndpointUrl(text);
  return parsed.ok ? parsed.url.href.replace(/\/$/, "") : text.trim();
}

/** A short name for messages and button labels: host, port and path without the scheme. */
export function endpointLabel(url: string): string {
  return url.trim() === "" ? "empty endpoint" : url.trim().replace(/^https?:\/\//i, "");
}

function refuse(message: string): { ok: false; message: string } {
  return { ok: false, message };
}
