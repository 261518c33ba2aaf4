"use client";
import type { Endpoint } from "#lib/edit/endpoints";
import { StateMark } from "../../shared/StateMark";

/** What was switched off for an endpoint and is a risk. */
export function EndpointWarnings({ endpoint }: { endpoint: Endpoint }) {
  if (endpoint.settings.verifyTls || !/^\s*https:/i.test(endpoint.url)) return null;
  return <StateMark tone="bad">Its certificate is not verified</StateMark>;
}
