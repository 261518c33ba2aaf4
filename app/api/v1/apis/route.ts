import { z } from "zod";
import type { ApiDefinition } from "#lib/edit/api";
import type { EndpointGroup, EndpointGroups } from "#lib/edit/endpoints";
import { parseDefinition } from "#lib/schemas/definition";
import { diff } from "#lib/tell/diff";
import { summaryOf } from "#lib/tell/importSummary";
import { listAll } from "#prisma/apiIndex";
import { getApi } from "#prisma/store";
import { answering } from "../../../_server/answering";
import { confirmed } from "../../../_server/gatewayClient";
import { requireRoute } from "../../../_server/guard";
import { importApi, remarksText } from "../../../_server/projects/importApi";
import { understand, written } from "../../../_server/projects/understand";
import { readUpload } from "../../../_server/projects/upload";
import { answer, refusal } from "../../../_server/restAnswers";

/** APIs with what is live of them; `?name=` and `?version=` ask for one. */
export const GET = answering(async (request: Request) => {
  const access = await requireRoute(request, "api.read");
  if (!access.ok) return access.response;
  const { searchParams } = new URL(request.url);
  const apis = await listAll({
    name: searchParams.get("name") ?? undefined,
    version: searchParams.get("version") ?? undefined,
  });
  return answer({ apis });
});

/**
 * Imports an OpenAPI document or a WSO2 project, as multipart: `file`, and if wanted `params` with `environment`,
 * `name`, `version`, `context`, `note`, `address` that a document came from. `?override=true` replaces a draft, `?deploy=true` deploys it, `?preview=true`
 * only tells what was understood.
 */
export const POST = answering(async (request: Request) => {
  const { searchParams } = new URL(request.url);
  const asked = (name: string) => searchParams.get(name)?.toLowerCase() === "true";
  const deploy = asked("deploy");
  const access = await requireRoute(request, deploy ? "api.deploy" : "api.edit");
  if (!access.ok) return access.response;
  const upload = await readUpload(request);
  if (!upload.ok) return refusal(upload.status, upload.message);
  const { bytes, fields } = upload;
  const field = (name: string) => fields.get(name)?.trim() || undefined;
  const params = fields.get("params");
  const environment = field("environment");
  const variables = variablesOf(fields.get("variables"));
  if (variables === null)
    return refusal(400, 'variables is a JSON object of texts such as {"HOST": "orders"}.');
  const address = field("address");
  if (address !== undefined && !isHttpUrl(address))
    return refusal(
      400,
      "address is the URL that the document came from, such as https://example.com/openapi.yaml.",
    );
  const given = {
    bytes,
    ...(address && { address }),
    ...(variables && { variables }),
    ...(params === undefined ? {} : { params: { file: "params.yaml", text: params } }),
    ...(environment && { environment }),
  };
  if (asked("preview")) return preview(given, field("into"));
  const [name, version, context] = [field("name"), field("version"), field("context")];
  const decided = { ...(name && { name }), ...(version && { version }), ...(context && { context }) };
  const options = {
    override: asked("override"),
    deploy,
    by: access.user,
    note: field("note") ?? "",
    ...decided,
  };
  const imported = await importApi(given, options);
  if (!imported.ok) return refusal(imported.status, remarksText(imported.problems), imported.problems);
  const { deployed, ok: _ok, ...made } = imported;
  const live = deployed !== null && (await confirmed(deployed.generation));
  return answer({ ...made, revision: deployed?.revision ?? null, live }, made.created ? 201 : 200);
});

const isHttpUrl = (text: string) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

/** Undefined when there are none, null when they are something else. */
function variablesOf(text: string | undefined): ReadonlyMap<string, string> | null | undefined {
  if (text === undefined) return undefined;
  try {
    return new Map(Object.entries(z.record(z.string(), z.string()).parse(JSON.parse(text))));
  } catch {
    return null;
  }
}

/** What a source would make, saving nothing; that it makes nothing is an answer too: `{ok: false, problems}`. */
async function preview(given: Parameters<typeof understand>[0], into: string | undefined): Promise<Response> {
  const api = into === undefined ? null : await getApi(into);
  if (into !== undefined && !api) return refusal(404, "There is no such API.");
  const reading = await understand({ ...given, ...(api && { present: api.definition }) });
  if (!reading.ok) return answer({ ok: false, problems: reading.problems });
  const { kind, definition, warnings, certificates } = reading;
  // What a source may leave to the person to decide.
  const { name = "", version = "", context = "" } = definition;
  // An API keeps its names, whatever a newer file calls it.
  const names = api?.definition ?? { name: name || "-", version: version || "-", context: context || "/-" };
  const whole = { ...definition, name: names.name, version: names.version, context: names.context };
  const parsed = parseDefinition(whole);
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
  return answer({ ok: true, kind, ...found, ...summary });
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
