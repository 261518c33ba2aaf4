import { randomBytes } from "node:crypto";
import { type NextRequest, NextResponse } from "next/server";

/**
 * The content security policy, with a nonce per page: Next finds it in the request's header and puts it on its
 * scripts, app/layout.tsx hands it to the styles. Attributes `style="…"` cannot carry a nonce; they colour and
 * place, and load nothing from other origins because `default-src` stays in force.
 */
export function proxy(request: NextRequest) {
  // Of a length of its own: e2e/sameNonce.mjs knows it by that.
  const nonce = randomBytes(24).toString("base64");
  const policy = policyFor(nonce, process.env.NODE_ENV === "development");
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("Content-Security-Policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("Content-Security-Policy", policy);
  return response;
}

export const config = { matcher: [{ source: "/((?!_next/static|icon.svg).*)" }] };

function policyFor(nonce: string, development: boolean): string {
  return [
    "default-src 'self'",
    // React's development build evaluates code to rebuild the server's stacks.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
    // Next's own overlay in development writes styles without one.
    `style-src 'self' ${development ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data:",
    "worker-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}
