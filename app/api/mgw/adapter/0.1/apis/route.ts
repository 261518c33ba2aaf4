import { findApiId, listLive } from "#prisma/apiIndex";
import { undeploy } from "#prisma/store";
import { answer, refusal, refusalOf, troubled } from "../../../../../_server/adapterAnswers";
import { answering } from "../../../../../_server/answering";
import { confirmed } from "../../../../../_server/gatewayClient";
import { requireRoute } from "../../../../../_server/guard";
import { importApi, remarksText } from "../../../../../_server/projects/importApi";
import { importOnce } from "../../../../../_server/projects/importOnce";
import { remarkText } from "../../../../../_server/projects/readSource";
import { readUpload } from "../../../../../_server/projects/upload";
import { ENVIRONMENT, isOwnVhost, ownVhost } from "../../../../../_server/wso2/gatewayEnvironment";

/** `apictl mg get apis`: what is live. */
export const GET = answering(async (request: Request) => {
  const access = await requireRoute(request, "api.read");
  if (!access.ok) return refusalOf(access.response);
  const { searchParams } = new URL(request.url);
  const limitText = searchParams.get("limit") ?? "25";
  const limit = Number(limitText);
  if (!/^\d{1,6}$/.test(limitText) || limit < 1)
    return refusal(400, "limit is a whole number from 1 to 999999.");
  const terms = (searchParams.get("query") ?? "").split(/\s+/).filter((term) => term !== "");
  const unknown = terms.find((term) => !/^(type|name|version|context):/.test(term));
  if (unknown !== undefined)
    return refusal(400, "query holds terms such as type:http, name:, version: and context:.");
  const [live, vhost] = await Promise.all([listLive(), ownVhost()]);
  const all = live.filter((api) =>
    terms.every((term) => {
      const [key = "", value = ""] = term.split(/:(.*)/s);
      const own = { type: "http", name: api.name, version: api.version, context: api.basePath }[key] ?? "";
      return key === "type" ? own === value.toLowerCase() : own.includes(value);
    }),
  );
  const list = all.slice(0, limit).map(({ name, version, basePath }) => ({
    apiName: name,
    version,
    apiType: "HTTP",
    context: basePath,
    "gateway-envs": [ENVIRONMENT],
    vhost,
  }));
  return answer({ total: all.length, count: list.length, list });
}, troubled);

/** `apictl mg deploy api`: a project as a ZIP file, live when this answers. */
export const POST = answering(async (request: Request) => {
  const access = await requireRoute(request, "api.deploy");
  if (!access.ok) return refusalOf(access.response);
  const asked = new URL(request.url).searchParams.get("override")?.toLowerCase() === "true";
  const upload = await readUpload(request);
  if (!upload.ok) return refusal(upload.status, upload.message);
  const override = asked || "unused";
  const options = { override, deploy: true, by: access.user, note: "Deployed by the adapter API" } as const;
  const { bytes } = upload;
  const imported = await importOnce({ request, user: access.user, file: bytes }, () =>
    importApi({ bytes, projectOnly: true }, options),
  );
  if (!imported.ok) return refusal(imported.status, remarksText(imported.problems));
  const { name, version, deployed, warnings } = imported;
  return answer({
    apiName: name,
    version,
    revision: deployed?.revision,
    live: deployed !== null && (await confirmed(deployed.generation)),
    warnings: warnings.map(remarkText),
  });
}, troubled);

/** `apictl mg undeploy api`: takes the API off the gateway. It stays, with its revisions and subscriptions. */
export const DELETE = answering(async (request: Request) => {
  const access = await requireRoute(request, "api.deploy");
  if (!access.ok) return refusalOf(access.response);
  const { searchParams } = new URL(request.url);
  const asked = (key: string) => searchParams.get(key) ?? "";
  const [name, version] = [asked("apiName"), asked("version")];
  if (name === "" || version === "") return refusal(400, "Name the API by apiName and version.");
  const environments = asked("environments")
    .split(/[,:]/)
    .filter((e) => e !== "");
  if (environments.length > 0 && !environments.includes(ENVIRONMENT))
    return refusal(404, `There is no environment ${environments.join(", ")}; there is ${ENVIRONMENT}.`);
  const [vhost, own] = [asked("vhost"), await ownVhost()];
  if (!isOwnVhost(vhost, own))
    return refusal(404, `There is no vhost ${vhost} in ${ENVIRONMENT}; there is ${own}.`);
  const id = await findApiId(name, version);
  const ended = id === null ? null : await undeploy(id, access.user);
  if (!ended?.ok || !ended.wasLive)
    return refusal(404, `No API named ${name} with version ${version} is deployed.`);
  return answer({ apiName: name, version, live: !(await confirmed(ended.generation)) });
}, troubled);
