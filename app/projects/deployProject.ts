import { randomUUID } from "node:crypto";
import { deployProblems, parseDefinition } from "#lib/api";
import { noteText } from "#lib/wso2/notes";
import { readProject } from "#lib/wso2/project";
import type { Actor } from "#prisma/audit";
import { findApiId } from "#prisma/projects";
import * as store from "#prisma/store";
import { trust } from "./trust";
import { readZip } from "./zip";

export type DeployedProject =
  | { ok: true; name: string; version: string; revision: number; generation: number; warnings: string[] }
  | { ok: false; status: 400 | 409; message: string };

export const newEndpointId = () => `ep_${randomUUID().replaceAll("-", "").slice(0, 20)}`;

/**
 * Deploys the project in a ZIP file as an ordinary revision of the API with its name and version, which is made when
 * there is none. Everything is checked before anything is written.
 */
export async function deployProject(
  bytes: Buffer,
  options: { override: boolean; by: Actor },
): Promise<DeployedProject> {
  const { override, by } = options;
  const zip = await readZip(bytes);
  if (!zip.ok) return refuse(400, zip.message);
  const first = readProject(zip.files, { newId: newEndpointId });
  if (!first.ok) return refuse(400, first.problems.map(noteText).join("\n"));
  const { name, version } = first.definition;
  const id = await findApiId(name, version);
  if (id !== null && !override) {
    return refuse(
      409,
      `There is already an API named ${name} with version ${version}. Use override=true to replace it.`,
    );
  }
  const api = id === null ? null : await store.getApi(id);
  const again = api ? readProject(zip.files, { newId: newEndpointId, present: api.definition }) : first;
  const project = again.ok ? again : first;
  const parsed = parseDefinition(project.definition);
  const problems = parsed.ok ? deployProblems(parsed.definition) : parsed.problems;
  if (!parsed.ok || problems.length > 0) return refuse(400, `api.yaml: ${store.problemText(problems)}`);
  const { definition } = parsed;
  const taken = await store.findConflicts(definition, id ?? undefined);
  if (taken.length > 0) return refuse(409, store.problemText(taken));
  const trusted = await trust(project.certificates, definition, by);
  if (trusted) return refuse(400, trusted);

  const saved = api
    ? await store.saveDraft(api.id, definition, api.draftVersion, by)
    : await store.createApi(definition, by);
  if (!saved.ok) return refuse(saved.kind === "invalid" ? 400 : 409, saveWords(saved));
  const apiId = "draft" in saved ? saved.draft.id : saved.id;
  const draftVersion = "draft" in saved ? saved.draft.draftVersion : 1;
  const deployed = await store.deploy(apiId, { by, draftVersion, note: "Deployed by the adapter API" });
  if (!deployed.ok) return refuse(deployed.kind === "invalid" ? 400 : 409, saveWords(deployed));
  const { revision, generation } = deployed;
  return { ok: true, name, version, revision, generation, warnings: project.warnings.map(noteText) };
}

function saveWords(result: store.Invalid | store.Conflict | store.Stale | store.Missing): string {
  if ("problems" in result) return store.problemText(result.problems);
  return "The API was changed or deleted at the same moment. Deploy again.";
}

const refuse = (status: 400 | 409, message: string): DeployedProject => ({ ok: false, status, message });
