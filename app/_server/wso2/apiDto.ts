import type { ApiDefinition } from "#lib/edit/api";
import { labelsOf, wso2ExtrasOf } from "#lib/wso2/apiLabels";
import { objectOf, textOf } from "#lib/wso2/values";
import { apiDataOf } from "#lib/wso2/writeProject";
import type { ApiEntry } from "#prisma/labelledApis";
import type { ListedApi } from "./apiLists";

/** APIs in the forms of WSO2's clients, which read types strictly: a number for a text ends a command of apictl. */

/** Of every API here. */
const common = {
  type: "HTTP",
  workflowStatus: "APPROVED",
  hasThumbnail: false,
  gatewayVendor: "wso2",
  gatewayType: "wso2/synapse",
};

const milliseconds = (time: Date) => String(time.getTime());
/** "2021-02-11 09:57:25", as its lists have it. */
const dated = (time: Date) => time.toISOString().slice(0, 19).replace("T", " ");

/** An item of `GET /apis`. */
export function apiInfoOf(api: ListedApi) {
  const { id, name, displayName, description, context, version, provider, lifeCycleStatus } = api;
  return {
    ...{ id, name, displayName, description, context, version, provider, lifeCycleStatus },
    ...common,
    securityScheme: api.securityScheme,
    createdTime: dated(api.createdAt),
    updatedTime: dated(api.updatedAt),
    advertiseOnly: false,
  };
}

/** An item of `GET /search`. Its state has both names that clients look for. */
export function searchItemOf(api: ListedApi) {
  const { id, name, displayName, description, context, version, provider, lifeCycleStatus } = api;
  return {
    ...{ id, name, displayName, description, context, version, provider, lifeCycleStatus },
    ...{ type: "API", transportType: "HTTP", status: lifeCycleStatus },
    hasThumbnail: false,
    createdTime: milliseconds(api.createdAt),
    updatedTime: milliseconds(api.updatedAt),
    advertiseOnly: false,
  };
}

/** What `GET /apis/{id}` tells: `data` of api.yaml, with what WSO2 adds to it. */
export function apiOf(definition: ApiDefinition, entry: ApiEntry) {
  const kept = wso2ExtrasOf(definition).data ?? {};
  const business = Object.entries(objectOf(kept.businessInformation) ?? {});
  return {
    ...common,
    ...apiDataOf(definition),
    ...labelsOf(kept, definition.name, entry.lifeCycle),
    ...{ type: common.type, hasThumbnail: common.hasThumbnail, workflowStatus: common.workflowStatus },
    id: entry.id,
    businessInformation: Object.fromEntries(business.map(([key, value]) => [key, textOf(value)])),
    isRevision: false,
    revisionId: 0,
    revisionedApiId: undefined,
    createdTime: milliseconds(entry.createdAt),
    lastUpdatedTime: milliseconds(entry.updatedAt),
    lastUpdatedTimestamp: milliseconds(entry.updatedAt),
  };
}
