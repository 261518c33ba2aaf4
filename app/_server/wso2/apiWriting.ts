import { isDeepStrictEqual } from "node:util";
import type { ApiDefinition } from "#lib/edit/api";
import { readKeys } from "#lib/wso2/apiData";
import { wso2ExtrasOf } from "#lib/wso2/apiLabels";
import { type Json, objectOf, withoutKeys } from "#lib/wso2/values";
import { type ApiEntry, findEntry } from "#prisma/labelledApis";
import { getApi } from "#prisma/store";
import { type Imported, remarksText } from "../projects/importApi";
import { type Remark, remarkText } from "../projects/readSource";
import type { ProjectContent } from "../projects/understand";
import { apiOf } from "./apiDto";
import { answer, noSuchApi, refusal } from "./publisherAnswers";

/** APIs that clients send as JSON: each is read as a project whose api.yaml it is. */

/** What an answer tells of an API beside what the API is. */
const TOLD = ["id", "isRevision", "revisionId", "revisionedApiId", "createdTime", "updatedTime", "warnings"];
const TOLD_TIMES = ["lastUpdatedTime", "lastUpdatedTimestamp", "workflowStatus", "hasThumbnail"];

/** The files of a project with this API in it. */
export function projectOf(data: Json, beside: Readonly<Record<string, string>> = {}): ProjectContent {
  const own = { type: "api", data: withoutKeys(data, [...TOLD, ...TOLD_TIMES]) };
  const files = { "api.json": JSON.stringify(own), ...beside };
  return new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]));
}

/**
 * What a client sends back of an API, with what a change leaves as it is in its place: names, provider and state. What
 * an answer only adds, and what comes back as it was answered, is not the client's.
 */
export function changedData(sent: Json, definition: ApiDefinition, entry: ApiEntry): Json {
  const told = apiOf(definition, entry) as Json;
  const kept = objectOf(wso2ExtrasOf(definition).data) ?? {};
  const own = new Set([...readKeys, ...Object.keys(kept)]);
  const repeated = Object.keys(sent).filter(
    (key) => !own.has(key) && Object.hasOwn(told, key) && isDeepStrictEqual(sent[key], told[key]),
  );
  const { name, version, context } = definition;
  const { provider, lifeCycleStatus } = kept;
  const data = { ...withoutKeys(sent, repeated), provider, lifeCycleStatus, name, version, context };
  // Drafts are compared as texts, so what is kept stays in its order.
  const first = Object.keys(kept).filter((key) => Object.hasOwn(data, key));
  return { ...Object.fromEntries(first.map((key) => [key, undefined])), ...data };
}

/** WSO2's numbers for what is taken. */
const TAKEN = { name: 900250, context: 900251 };

/** Why nothing was imported. */
export function notImported({ status, problems, taken }: Exclude<Imported, { ok: true }>): Response {
  return refusal(status, remarksText(problems), { problems, ...(taken && { code: TAKEN[taken] }) });
}

/** The same for an API that was sent as JSON: what is wrong has its place in that, and not in a file. */
export function notWritten({ problems, ...refused }: Exclude<Imported, { ok: true }>): Response {
  return notImported({ ...refused, problems: problems.map(inBody) });
}

const inBody = ({ place, message }: Remark): Remark => ({
  place: place.replace(/^api\.(?:json|yaml)(, line \d+)?(, )?/, "").replace(/^data\./, ""),
  message,
});

/** An API as it is after it was written, with what of the request has no effect. */
export async function answerApi(
  id: string,
  status: 200 | 201,
  warnings: readonly Remark[],
): Promise<Response> {
  const [api, entry] = await Promise.all([getApi(id), findEntry(id)]);
  if (!api || !entry) return noSuchApi();
  const body = { ...apiOf(api.definition, entry), warnings: warnings.map(inBody).map(remarkText) };
  const location = `/api/am/publisher/v4/apis/${id}`;
  return answer(body, status, status === 201 ? { location } : {});
}
