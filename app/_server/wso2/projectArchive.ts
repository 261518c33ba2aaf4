import {
  DEPLOYMENTS,
  type DeploymentTarget,
  readDeployments,
  withDeployments,
} from "#lib/wso2/deploymentEnvironments";
import { fileText, readYaml, withoutTopFolder } from "#lib/wso2/files";
import { objectOf } from "#lib/wso2/values";
import type { Remark } from "../projects/readSource";
import type { ProjectContent } from "../projects/understand";
import { readZip } from "../projects/zip";

/** A project as `apictl import api` sends it. With a parameter file it holds the project as a ZIP of its own. */

export interface Archive {
  ok: true;
  files: ProjectContent;
  /** The settings of the environment that apictl chose, in the form of a parameter file. */
  params?: { file: string; text: string };
  /** Where it is to be deployed; none leaves it a draft. */
  targets: DeploymentTarget[];
}

type Unpacked = Archive | { ok: false; problems: Remark[] };

const INNER = "SourceArchive.zip";
const PARAMS = ["intermediate_params.yaml", "Deployment/intermediate_params.yaml"];
const CERTIFICATES = "Deployment/certificates/";
/** Largest file of what is read here and not beside the process that answers, bytes: where and with what to deploy. */
const MAX_SMALL = 256 * 1024;
const tooLarge = "The file is larger than 256 KiB.";

export async function unpackProject(bytes: Buffer): Promise<Unpacked> {
  if (bytes.toString("latin1", 0, 2) !== "PK")
    return refuse(
      "This is not a ZIP file. Where a ZIP is imported, its files have to lie in one folder: else apictl sends the first of them alone.",
    );
  const outer = await unzipped(bytes);
  if (!outer.ok) return refuse(outer.message);
  const inner = outer.files.get(INNER);
  if (!inner) return withTargets(outer.files);
  const project = await unzipped(inner);
  if (!project.ok) return refuse(project.message, INNER);
  const certificates = [...outer.files].filter(([path]) => path.startsWith(CERTIFICATES));
  const files = new Map([...project.files, ...certificates]);
  const file = PARAMS.find((path) => outer.files.has(path));
  return file === undefined ? withTargets(files) : withParams(files, file, outer.files.get(file)!);
}

/** The file holds what a parameter file has under `configs` of one environment. */
function withParams(files: ProjectContent, file: string, content: Uint8Array): Unpacked {
  if (content.length > MAX_SMALL) return refuse(tooLarge, file);
  const text = fileText(content);
  if (text === undefined) return refuse("The file is not text in UTF-8.", file);
  const read = readYaml(file, text);
  if ("problems" in read) return { ok: false, problems: read.problems.map(remarkOf) };
  const configs = objectOf(read.source.value) ?? {};
  const params = { file, text: JSON.stringify({ environments: [{ name: "chosen", configs }] }) };
  const named = configs.deploymentEnvironments;
  const all = named === undefined ? files : withDeployments(files, named, (json) => Buffer.from(json));
  return withTargets(all, params);
}

function withTargets(files: ProjectContent, params?: Archive["params"]): Unpacked {
  const large = [...files].find(([path, { length }]) => path.startsWith(DEPLOYMENTS) && length > MAX_SMALL);
  if (large) return refuse(tooLarge, large[0]);
  const read = readDeployments(files);
  if (!read.ok) return { ok: false, problems: read.problems.map(remarkOf) };
  return { ok: true, files, targets: read.targets, ...(params && { params }) };
}

async function unzipped(
  bytes: Buffer,
): Promise<{ ok: true; files: Map<string, Buffer> } | { ok: false; message: string }> {
  const zip = await readZip(bytes);
  if (!zip.ok) return zip;
  return { ok: true, files: withoutTopFolder(zip.files) as Map<string, Buffer> };
}

const remarkOf = ({ file, place, message }: { file: string; place: string; message: string }): Remark => ({
  place: [file, place].filter((part) => part !== "").join(", "),
  message,
});

const refuse = (message: string, place = ""): Unpacked => ({ ok: false, problems: [{ place, message }] });
