import { can, whyNot } from "#lib/access/roles";
import { publisherCalls } from "#lib/contract/publisherRest";
import { confirmed } from "../../../../../../_server/gatewayClient";
import { importApi, remarksText, tryImport } from "../../../../../../_server/projects/importApi";
import { importOnce } from "../../../../../../_server/projects/importOnce";
import { type Remark, remarkText } from "../../../../../../_server/projects/readSource";
import { notImported } from "../../../../../../_server/wso2/apiWriting";
import { ENVIRONMENT, isOurs, isOwnVhost, ownVhost } from "../../../../../../_server/wso2/gatewayEnvironment";
import { type Archive, unpackProject } from "../../../../../../_server/wso2/projectArchive";
import { answer, refusal } from "../../../../../../_server/wso2/publisherAnswers";
import { publisherCall } from "../../../../../../_server/wso2/publisherCall";

/** WSO2's number for an environment that is not there. */
const NO_SUCH_ENVIRONMENT = 900506;

/** `apictl import api`: a project as a ZIP file. Whether it is deployed is said by its deployment_environments. */
export const POST = publisherCall(publisherCalls.import, async ({ request, user, query, file }) => {
  const { dryRun, overwrite, preserveProvider } = query;
  const bytes = file ?? Buffer.alloc(0);
  const archive = await unpackProject(bytes);
  if (!archive.ok) return dryRun ? report(archive.problems) : refuse(400, archive.problems);
  const deploy = archive.targets.length > 0;
  if (deploy && !can(user.role, "api.deploy")) return refusal(403, whyNot(user.role, "api.deploy"));
  const unknown = archive.targets.find(({ name }) => !isOurs(name));
  if (unknown) {
    const words = `There is no environment ${unknown.name}; there is ${ENVIRONMENT}.`;
    const problem = { place: "deployment_environments", message: words };
    return dryRun ? report([problem]) : refuse(404, [problem], NO_SUCH_ENVIRONMENT);
  }
  const { files, params } = archive;
  const given = { bytes: files, ...(params && { params }) };
  const options = {
    override: overwrite,
    overrideBy: "--update, or overwrite=true by HTTP",
    deploy,
    by: user,
    note: "Revision created after importing the API",
    ...(!preserveProvider && { provider: user.username }),
  };
  const more = await foreignVhosts(archive);
  if (dryRun) {
    const { outcome } = await tryImport(given, options);
    return outcome.ok ? report([], [...outcome.warnings, ...more]) : report(outcome.problems);
  }
  const imported = await importOnce({ request, user, file: bytes }, () => importApi(given, options));
  if (!imported.ok) return notImported(imported);
  const { id, deployed } = imported;
  if (deployed) await confirmed(deployed.generation);
  const accept = request.headers.get("accept") ?? "";
  const warnings = [...imported.warnings, ...more].map(remarkText);
  if (!accept.includes("json"))
    return new Response("API imported successfully.", { headers: { "cache-control": "no-store" } });
  return answer({ id, revision: deployed ? String(deployed.revision) : "", warnings });
});

const refuse = (status: number, problems: readonly Remark[], code?: number) =>
  refusal(status, remarksText(problems), { problems, ...(code && { code }) });

/** Vhosts that a project names and that are not ours: it is deployed at ours. */
async function foreignVhosts({ targets }: Archive): Promise<Remark[]> {
  const own = await ownVhost();
  return targets
    .filter(({ vhost }) => !isOwnVhost(vhost, own))
    .map(({ vhost }) => ({
      place: "deployment_environments",
      message: `The vhost ${vhost} has no effect: APIs answer at ${own}.`,
    }));
}

/** A dry run in the form of WSO2's check of governance, which apictl shows as a table. */
function report(problems: readonly Remark[], warnings: readonly Remark[] = []): Response {
  const violation =
    (severity: string) =>
    ({ place, message }: Remark) => ({ path: place, message, severity });
  const found = [...problems.map(violation("ERROR")), ...warnings.map(violation("WARN"))];
  const ruleset = { ruleset: "Import", type: "API_DEFINITION", "rule-violations": found };
  const violations = found.length > 0 ? [{ policy: "Sluice", rulesets: [ruleset] }] : [];
  return answer({ "compliance-check": { result: found.length > 0 ? "fail" : "pass", violations } });
}
