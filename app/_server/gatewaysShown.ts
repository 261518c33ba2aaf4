import { ageWords, type GatewaysReport, isAnswering, type ShownGateway } from "#lib/gateways";
import { usesPostgres } from "#lib/node/env";
import type { GatewayStatus } from "#lib/status";
import { database } from "#prisma/db";
import { readGeneration } from "#prisma/generation";
import { fleet } from "./fleet";
import { adminUrl, readGatewayStatus } from "./gatewayClient";

/** All gateways, for the settings: by their rows, or the one that is asked. */
export async function readGatewaysReport(): Promise<GatewaysReport> {
  const newest = await readGeneration(database());
  if (!usesPostgres()) {
    const status = await readGatewayStatus([]);
    return { newest, foreign: [], gateways: [status ? theOne(status) : silentOne()], isShared: false };
  }
  const [told, { gateways, foreign }] = await Promise.all([fleet().statuses([]), fleet().known()]);
  const shown = gateways.map((row): ShownGateway => {
    const reply = told.find(({ gateway }) => gateway.id === row.id)?.reply;
    const { id, name, version, generation, startedAt, adminUrl, problems } = row;
    const status = reply?.ok ? reply.value : null;
    return {
      ...{ id, name, version, generation, startedAt, adminUrl },
      problems: [...problems],
      urls: [row.httpUrl, row.httpsUrl].filter((url) => url !== null),
      silent: isAnswering(row) ? null : `for ${ageWords(row.silentMs)}`,
      untold: reply && !reply.ok ? reply.why : null,
      requestsPerSecond: status?.requestsPerSecond ?? null,
      memory: status?.memory ?? null,
    };
  });
  return { newest, foreign, gateways: shown, isShared: true };
}

function theOne(status: GatewayStatus): ShownGateway {
  const { id, name, version, generation, startedAt, urls, requestsPerSecond, memory } = status;
  const { databaseError, tls, apis } = status;
  const failing = apis.filter(({ error }) => error !== null);
  const problems = [
    ...(databaseError ? [`The database cannot be read: ${databaseError}`] : []),
    ...(tls?.problem ? [`Certificate for callers: ${tls.problem}`] : []),
    ...failing.map((api) => `${api.name} ${api.version}: ${api.error}`),
  ];
  return {
    ...{ id: id || "Gateway", name, version, generation, startedAt, adminUrl: adminUrl(), problems },
    ...{ requestsPerSecond, memory, silent: null, untold: null },
    urls: [urls.http, urls.https].filter((url) => url !== null),
  };
}

function silentOne(): ShownGateway {
  return {
    ...{ id: "Gateway", name: "", version: "", generation: null, startedAt: null, urls: [], problems: [] },
    ...{ requestsPerSecond: null, memory: null, untold: null, adminUrl: adminUrl() },
    silent: `at ${adminUrl()}`,
  };
}
