import { findFile, type ProjectFiles, readYaml } from "./files";
import type { Note } from "./projectNotes";
import { type Json, listOf, objectOf, textOf } from "./values";

/** Where a project is to be deployed: deployment_environments.yaml. */
export interface DeploymentTarget {
  /** Of the environment. */
  name: string;
  /** "" takes that of the environment. */
  vhost: string;
}

export const DEPLOYMENTS = "deployment_environments";
const names = ["yaml", "yml", "json"].map((ending) => `${DEPLOYMENTS}.${ending}`);

export type Deployments =
  | { ok: true; targets: DeploymentTarget[]; value: Json }
  | { ok: false; problems: Note[] };

/** None where the file is missing or empty: the project is a draft then. */
export function readDeployments(files: ProjectFiles): Deployments {
  const found = findFile(files, names);
  if (!found) return { ok: true, targets: [], value: {} };
  if ("problem" in found) return { ok: false, problems: [found.problem] };
  if (found.text.trim() === "") return { ok: true, targets: [], value: {} };
  const read = readYaml(found.file, found.text, { list: true });
  if ("problems" in read) return { ok: false, problems: read.problems };
  const { value } = read.source;
  const targets = listOf(value.data).flatMap((item): DeploymentTarget[] => {
    const { deploymentEnvironment, deploymentVhost } = objectOf(item) ?? {};
    const name = textOf(deploymentEnvironment).trim();
    return name === "" ? [] : [{ name, vhost: textOf(deploymentVhost).trim() }];
  });
  return { ok: true, targets, value };
}

/** The same files with this list instead. */
export function withDeployments<T>(
  files: ReadonlyMap<string, T>,
  data: unknown,
  toFile: (text: string) => T,
): Map<string, T> {
  const others = [...files].filter(([path]) => !names.includes(path));
  const document = { type: DEPLOYMENTS, version: "v4.2.0", data: listOf(data) };
  return new Map([...others, [`${DEPLOYMENTS}.yaml`, toFile(JSON.stringify(document))]]);
}
