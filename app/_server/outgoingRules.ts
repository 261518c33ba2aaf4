import type { OutgoingRules } from "#lib/node/outgoing";
import { type Bounds, download as fetchWithin, type HostRules } from "#lib/node/outgoing";
import { BackendTrust } from "#lib/node/trust";
import { readTrusted } from "#prisma/certificates";
import { database } from "#prisma/db";
import { environment } from "./publisherEnv";

/** What holds for requests of the publisher in somebody's name: the gateway's lists of hosts and its certificates. */
export async function outgoingRules(url: URL): Promise<OutgoingRules> {
  const { CHECK_ALLOW_HOSTS, CHECK_DENY_HOSTS } = environment();
  const hosts: HostRules = { allowHosts: CHECK_ALLOW_HOSTS, denyHosts: CHECK_DENY_HOSTS };
  const trust = new BackendTrust(await readTrusted(database(), url.origin));
  return { hosts, tls: { rejectUnauthorized: true, secureContext: trust.for(url.origin) } };
}

/** The body of a 200, or one sentence that says why there is none. */
export async function download(url: URL, bounds: Bounds & { accept: string }) {
  return fetchWithin(url, bounds, await outgoingRules(url));
}
