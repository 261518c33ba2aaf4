import { isEmpty, Tally } from "../openapi/unusedKeys";
import type { ProjectFiles } from "./files";
import type { Notes } from "./projectNotes";
import { flagOf, type Json, listOf, objectOf, shown, textOf } from "./values";

/**
 * What of a project has no effect here: told with its place, because a limit or a policy that is silently not there is
 * found out when it is needed. All of it is kept and written back, but for files.
 */

/** Of what these say, nothing concerns calls. */
const silent = new Set(
  `id provider displayName lifeCycleStatus createdTime lastUpdatedTime lastUpdatedTimestamp updatedBy workflowStatus
  revisionId revisionedApiId revisionedAPIId isRevision hasThumbnail thumbnailUri tags categories businessInformation
  additionalProperties additionalPropertiesMap subscriptionAvailability subscriptionAvailableTenants visibleRoles
  visibleTenants accessControlRoles cacheTimeout gatewayVendor gatewayType gatewayEnvironments serviceInfo
  websubSubscriptionConfiguration audience enableStore apiKeyHeader securityScheme scopes initiatedFromGateway
  destinationStatsEnabled asyncTransportProtocols`.split(/\s+/),
);

const isUnlimited = (value: unknown) => /^unlimited$/i.test(textOf(value).trim());
const isAll = (value: unknown) => listOf(value).every((item) => textOf(item).toLowerCase() === "all");
const is = (usual: string) => (value: unknown) => textOf(value).toUpperCase() === usual;
const limits = "requests are not limited here";
const mediation = "no policy runs here: requests and answers pass as they are";
const portal = "there is no developer portal here";

/** By key: what it does not do, and when it says what is so anyway. */
const rules: Record<string, [words: string, isUsual?: (value: unknown) => boolean]> = {
  policies: [limits, (value) => listOf(value).every(isUnlimited)],
  apiThrottlingPolicy: [limits, isUnlimited],
  maxTps: ["throughput to backends is limited by circuit breakers alone"],
  mediationPolicies: [mediation],
  apiPolicies: [mediation],
  responseCachingEnabled: ["answers are not cached here", (value) => textOf(value).toLowerCase() === "false"],
  responseCaching: ["answers are not cached here", is("DISABLED")],
  enableSchemaValidation: [
    "messages are not checked against schemas here",
    (value) => textOf(value).toLowerCase() === "false",
  ],
  threatProtectionPolicies: [mediation],
  keyManagers: ["tokens of every issuer under Settings are accepted", isAll],
  visibility: [portal, is("PUBLIC")],
  accessControl: [portal, is("NONE")],
  monetization: ["nothing is charged for here"],
};

/** What an API is that calls of it cannot be served: by key, when and why. */
const refused: Record<string, [isSo: (value: unknown) => boolean, words: string]> = {
  endpointImplementationType: [
    (value) => !["", "ENDPOINT"].includes(textOf(value).trim().toUpperCase()),
    "There are no mocks here: write ENDPOINT and name endpoints.",
  ],
  advertiseInfo: [
    (value) => flagOf(objectOf(value)?.advertised, false),
    "An API that is only advertised has no calls to serve: set advertised to false.",
  ],
  egress: [(value) => flagOf(value, false), "APIs for calls to the outside are not supported."],
  subtypeConfiguration: [
    (value) => /^ai/i.test(textOf(objectOf(value)?.subtype).trim()),
    "APIs of AI services are not supported: write the subtype DEFAULT.",
  ],
};

/** `unknown` are the keys of `data` that nothing else reads. */
export function warnOfUnused(data: Json, unknown: Json, files: ProjectFiles, notes: Notes): void {
  for (const [key, [isSo, words]] of Object.entries(refused))
    if (isSo(unknown[key])) notes.problem(`data.${key}`, words);
  for (const [key, value] of Object.entries(unknown)) {
    if (silent.has(key) || Object.hasOwn(refused, key) || key.startsWith("x-") || isEmpty(value)) continue;
    const [words, isUsual] = (Object.hasOwn(rules, key) && rules[key]) || [];
    if (isUsual?.(value)) continue;
    notes.warn(`data.${key}`, `${shown(value)} has no effect${words ? `: ${words}` : ""}.`);
  }
  const state = textOf(data.lifeCycleStatus).toUpperCase();
  if (!["", "CREATED", "PUBLISHED"].includes(state)) {
    notes.warn("data.lifeCycleStatus", `${state} has no effect: an API answers once it is deployed.`);
  }
  warnOfSchemes(data, notes);
  if (listOf(data.scopes).some((item) => !isEmpty(objectOf(objectOf(item)?.scope)?.bindings))) {
    notes.warn("data.scopes", "Roles have no effect: who gets a scope is decided by who subscribes.");
  }
  warnOfOperations(data, notes);
  warnOfFiles(files, notes);
}

const otherSchemes: Record<string, string> = {
  basic_auth: "user names and passwords open nothing here",
  api_key: "API keys open nothing here",
  mutualssl: "client certificates open nothing here",
  mutualssl_mandatory: "callers are asked for no certificate",
};

/** Without OAuth among them, that callers need a token all the same is told elsewhere. */
function warnOfSchemes(data: Json, notes: Notes): void {
  const schemes = listOf(data.securityScheme).map((scheme) => textOf(scheme).toLowerCase());
  if (!schemes.some((scheme) => scheme.startsWith("oauth"))) return;
  for (const scheme of schemes) {
    const words = Object.hasOwn(otherSchemes, scheme) ? otherSchemes[scheme] : undefined;
    if (words) notes.warn("data.securityScheme", `${scheme} has no effect: ${words}.`);
  }
}

/** One remark for each limit and each policy, at the first operation that has it. */
function warnOfOperations(data: Json, notes: Notes): void {
  const tally = new Tally<string>();
  listOf(data.operations).forEach((item, i) => {
    const place = `data.operations[${i}]`;
    const operation = objectOf(item) ?? {};
    const tier = textOf(operation.throttlingPolicy);
    if (tier !== "" && !isUnlimited(tier)) {
      tally.add(`${place}.throttlingPolicy`, `${shown(tier)} has no effect: ${limits}.`);
    }
    for (const [flow, policies] of Object.entries(objectOf(operation.operationPolicies) ?? {})) {
      for (const policy of listOf(policies)) {
        const name = textOf(objectOf(policy)?.policyName) || "A policy";
        tally.add(`${place}.operationPolicies.${flow}`, `${name} has no effect: ${mediation}.`);
      }
    }
  });
  tally.tell((place, sentence) => notes.warn(place, sentence));
}

const folders: Record<string, string> = {
  Policies: mediation,
  Sequences: mediation,
  Interceptors: mediation,
  "Client-certificates": "callers are asked for no certificate",
};

function warnOfFiles(files: ProjectFiles, notes: Notes): void {
  for (const [folder, words] of Object.entries(folders)) {
    if ([...files.keys()].some((path) => path.startsWith(`${folder}/`) && !path.endsWith("/"))) {
      notes.warn("", `The folder ${folder} has no effect and is not kept: ${words}.`);
    }
  }
}
