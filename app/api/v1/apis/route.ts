import { can, whyNot } from "#lib/access/roles";
import { sluiceCalls } from "#lib/contract/sluiceRest";
import type { ApiDefinition } from "#lib/edit/api";
import type { EndpointGroup, EndpointGroups } from "#lib/edit/endpoints";
import { parseDefinition, parseGiven } from "#lib/schemas/definition";
import { diff } from "#lib/tell/diff";
import { summaryOf } from "#lib/tell/importSummary";
import { listAll } from "#prisma/apiIndex";
import { getApi } from "#prisma/store";
import { confirmed } from "../../../_server/gatewayClient";
import {
  type Imported,
  type ImportOptions,
  importApi,
  remarksText,
  tryImport,
} from "../../../_server/projects/importApi";
import { importOnce } from "../../../_server/projects/importOnce";
import { type Given, understand, written } from "../../../_server/projects/understand";
import { answer, refusal } from "../../../_server/restAnswers";
import { sluiceCall } from "../../../_server/sluiceCall";

/** APIs with what is live of them. */
export const GET = sluiceCall(sluiceCalls.listApis, async ({ query }) =>
  answer({ apis: await listAll(query) }),
);

/** Imports an OpenAPI document or a WSO2 project. */
export const POST = sluiceCall(sluiceCalls.importApi, async ({ request, user, query, file, fields }) => {
  const { deploy, override } = query;
  if (deploy && !can(user.role, "api.deploy")) return refusal(403, whyNot(user.role, "api.deploy"));
  const { params, environment, variables, address, into, name, version, context, note = "" } = fields;
  const given = {
    bytes: file ?? Buffer.alloc(0),
    ...(address && { address }),
    ...(variables && { variables }),
    ...(params === undefined ? {} : { params: { file: "params.yaml", text: params } }),
    ...(environment && { environment }),
  };
  const decided = { ...(name && { name }), ...(version && { version }), ...(context && { context }) };
  const options = { override, deploy, by: user, note, ...decided };
  if (query.preview) return preview(given, options, into);
  const sent = { request, user, file: given.bytes, fields: [fields, [...(variables ?? [])]] };
  const imported = await importOnce(sent, () => importApi(given, options));
  if (!imported.ok) return refusal(imported.status, remarksText(imported.problems), imported.problems);
  const { deployed, ok: _ok, ...made } = imported;
  const live = deployed !== null && (await confirmed(deployed.generation));
  return answer({ ...made, revision: deployed?.revision ?? null, live }, made.created ? 201 : 200);
});

/**
 * What a source would make, saving nothing; that it makes nothing is an answer too: `{ok: false, problems}`. What can be
 * read and would still be refused, for its name is taken or it has none, says so in `outcome`.
 */
async function preview(given: Given, options: ImportOptions, into: string | undefined): Promise<Response> {
  const api = into === undefined ? null : await getApi(into);
  if (into !== undefined && !api) return refusal(404, "There is no such API.");
  const { reading, outcome } = api
    ? { reading: await understand({ ...given, present: api.definition }) }
    : await tryImport(given, options);
  if (!reading.ok) return answer({ ok: false, problems: reading.problems });
  const { kind, definition } = reading;
  const warnings = outcome?.ok ? outcome.warnings : reading.warnings;
  const certificates = can(options.by.role, "api.deploy") ? reading.certificates : [];
  // What a source may leave to the person to decide.
  const { name = "", version = "", context = "" } = definition;
  // An API keeps its names, whatever a newer file calls it.
  const names = api?.definition ?? { name: name || "-", version: version || "-", context: context || "/-" };
  const whole = { ...definition, name: names.name, version: names.version, context: names.context };
  const parsed = parseGiven(whole);
  if (!parsed.ok) {
    const problems = parsed.problems.map(({ path, message }) => ({ place: path.join("."), message }));
    return answer({ ok: false, problems });
  }
  // Into an API that is there: the person sees the new text beside what it changes.
  const text = api ? await written(parsed.definition) : null;
  const summary = summaryOf(parsed.definition, api?.definition);
  const settings = api ? [] : settingsOf(parsed.definition);
  const trusted = certificates.map(({ alias, endpoint }) => ({ alias, endpoint }));
  const found = { name, version, context, warnings, text, settings, certificates: trusted };
  return answer({ ok: true, kind, ...found, ...summary, ...(outcome && { outcome: outcomeOf(outcome) }) });
}

/** What an import with the same query and fields would come to. */
function outcomeOf(outcome: Imported) {
  if (!outcome.ok) return { ok: false, problems: outcome.problems, taken: outcome.taken };
  const { name, version, created, unchanged, deployed } = outcome;
  return { ok: true, name, version, created, unchanged, revision: deployed?.revision ?? null };
}

/** What a definition says besides what the summary shows of its endpoints and resources, in sentences. */
function settingsOf(definition: ApiDefinition): string[] {
  const { limits: _l, cors: _c, security: _s, transports: _t, preserveHost: _p, ...rest } = definition;
  const bare = ({ enabled, endpoints, routing, algorithm, session }: EndpointGroup) => ({
    ...{ enabled, routing, session: { kind: session.kind } },
    algorithm: { name: algorithm.name, className: algorithm.className },
    endpoints: endpoints.map(({ id, url }) => ({ id, url })),
  });
  const groups = ({ production, sandbox, sandboxSeparate }: EndpointGroups) => ({
    ...{ production: bare(production), sandbox: bare(sandbox), sandboxSeparate },
  });
  const resources = definition.resources.map((r) => ({
    ...r,
    endpoints: r.endpoints && groups(r.endpoints),
  }));
  const endpoints = groups(definition.endpoints);
  const plain = parseDefinition({
    ...rest,
    mapAddresses: true,
    isDefaultVersion: false,
    endpoints,
    resources,
  });
  return plain.ok ? diff(plain.definition, definition) : [];
}
