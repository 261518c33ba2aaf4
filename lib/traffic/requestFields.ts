/**
 * What a request may say of itself that others believe: which fields belong to proxies, and which name another method
 * than the request's. One table for the gateway, whichever way a request comes, and for Try Out.
 */

/** A field's name as CGI, WSGI and Rack see it, which make one variable of "-" and "_"; in lower case. */
export function foldedName(name: string): string {
  const lower = name.toLowerCase();
  return lower.includes("_") ? lower.replaceAll("_", "-") : lower;
}

/**
 * What a backend believes of a proxy: where a request came from, how, by whom, and what it asked for. Said by
 * anybody else it is a forgery. (docs/several-machines/haproxy.cfg has the same; e2e/lib/haproxy.spec.ts holds it to this.)
 */
export const proxyFields: ReadonlySet<string> = new Set([
  "forwarded-for",
  "client-ip",
  "true-client-ip",
  "proxy-client-ip",
  "wl-proxy-client-ip",
  "wl-proxy-ssl",
  "fastly-client-ip",
  "fly-client-ip",
  "incap-client-ip",
  "x-real-ip",
  "x-client-ip",
  "x-cluster-client-ip",
  "x-originating-ip",
  "x-proxyuser-ip",
  "x-sucuri-clientip",
  "x-nf-client-connection-ip",
  "cf-pseudo-ipv4",
  "cf-ipcountry",
  "cf-visitor",
  "x-host",
  "x-http-host-override",
  "x-http-destinationurl",
  "x-url-scheme",
  "x-scheme",
  "x-ssl",
  "front-end-https",
  "x-authenticated-user",
  "x-userinfo",
  "x-jwt-assertion",
  "x-anonymous-consumer",
  "x-credential-identifier",
  "x-sendfile-type",
  // Where an application is mounted, which gunicorn and others take from a field of this name.
  "script-name",
  "x-script-name",
  "script-filename",
  "path-info",
  "path-translated",
  "request-uri",
  "document-root",
  // CGI makes HTTP_PROXY of it, which libraries take for their own proxy (httpoxy).
  "proxy",
]);

/** The same by how they begin: addresses, certificates, users and targets as proxies and identity servers name them. */
export const proxyFamilies = new RegExp(
  `^(?:${[
    "x-forward(?:ed)?(?:-|$)",
    "x-(?:original|rewrite|remote|accel|middleware|envoy|appengine|azure|vercel|arr|webauth|pomerium|authentik)-",
    "x-(?:auth-request|consumer|ms-client-principal|amzn-oidc|amzn-mtls|goog-iap|goog-authenticated-user)(?:-|$)",
    "x-(?:wso2-)?client-(?:cert|dn|verify|subject)",
    "(?:x-)?(?:ssl|tls|mtls)-",
    "client-cert",
    "remote-",
    "cf-(?:access|connecting)-",
    "cloudfront-",
    "tailscale-",
  ].join("|")})`,
);

/** Whether only a proxy may send a field of this name, in any case and with either kind of dash. */
export function isProxyField(name: string): boolean {
  const plain = foldedName(name);
  return proxyFields.has(plain) || proxyFamilies.test(plain);
}

/** Method override: frameworks route by such a field as if it were the request's own method. */
const methodField =
  /^-?(?:x-)?(?:http-)?(?:(?:tunneled|request|original|override)-)?(?:method|verb)(?:-override)?$/;

/** Whether a field of this name, in any case, names another method than the request's. */
export function isMethodOverride(name: string): boolean {
  return methodField.test(foldedName(name));
}

/** What a query has to have for a look at it to be worth while. */
const mayNameMethod = /%|method|verb/i;
/** `_method` as Rails, Laravel, Symfony and Spring read it, and as PHP comes to it from ".method" or "[method". */
const methodParameter = /^[\s_.[]+method(?:$|[[\]])/;

/** The methods that parameters of a query name, as they stand there; "" is none. `query` with or without its "?". */
export function methodsInQuery(query: string): string[] {
  if (query.length < 2 || !mayNameMethod.test(query)) return [];
  const found: string[] = [];
  // Some take ";" for a separator, too.
  for (const pair of query.replace(/^\?/, "").split(/[&;]/)) {
    const [name, value] = [...new URLSearchParams(pair)][0] ?? ["", ""];
    const plain = name.toLowerCase();
    if (value !== "" && (methodParameter.test(plain) || isMethodOverride(plain.replace(/[[\]].*$/, "")))) {
      found.push(value);
    }
  }
  return found;
}
