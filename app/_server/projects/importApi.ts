import { can, type Role } from "#lib/access/roles";
import { type ApiDefinition, deployProblems, type Problem } from "#lib/edit/api";
import { parseGiven } from "#lib/schemas/definition";
import { withLabels } from "#lib/wso2/apiLabels";
import { schemeProblem } from "#lib/wso2/callersSchemes";
import { findApiId, usedAs } from "#prisma/apiIndex";
import type { Actor } from "#prisma/audit";
import { CERTIFICATES, type ImportPlan, type Stored, storeImport } from "#prisma/imports";
import * as store from "#prisma/store";
import { type Reading, type Remark, remarkText } from "./readSource";
import { type Given, understand } from "./understand";

export interface ImportOptions {
  /** Replaces the draft of the API that has this name and version already; `unused`: where nobody would miss it. */
  override: boolean | "unused";
  /** How whoever calls says that it is to be replaced. */
  overrideBy?: string;
  deploy: boolean;
  by: Actor & { role: Role };
  /** Of the deployment. */
  note?: string;
  /** Whose it is called, instead of what the source says. */
  provider?: string;
  /** The API that it is read into, whatever the source calls itself; its state of the life cycle stays. */
  into?: string;
  /** What the person decided, instead of what the source says. */
  name?: string;
  version?: string;
  context?: string;
}

export type Imported =
  | {
      ok: true;
      id: string;
      name: string;
      version: string;
      created: boolean;
      /** The draft was so already. */
      unchanged: boolean;
      /** Null when it was not deployed. */
      deployed: { revision: number; generation: number } | null;
      warnings: Remark[];
    }
  | Refused;

interface Refused {
  ok: false;
  status: 400 | 409;
  problems: Remark[];
  /** What another API has, or this one already. */
  taken?: Taken;
}

type Taken = "name" | "context";
type Planned = { ok: true; plan: ImportPlan; warnings: Remark[] } | Refused;

/**
 * Makes an API of what was handed in, or replaces the draft of the one with its name and version, and deploys it if
 * asked to. Everything is checked before anything is written.
 */
export async function importApi(given: Given, options: ImportOptions): Promise<Imported> {
  const { planned } = await planImport(given, options);
  return carryOut(planned, options.by);
}

/**
 * What an import would come to, all of it tried and taken back, and what was understood. The id of an API that would be
 * made is nobody's.
 */
export async function tryImport(
  given: Given,
  options: ImportOptions,
): Promise<{ reading: Reading; outcome: Imported }> {
  const { planned, reading } = await planImport(given, options);
  return { reading, outcome: await carryOut(planned, options.by, { trial: true }) };
}

async function carryOut(planned: Planned, by: Actor, how?: { trial: boolean }): Promise<Imported> {
  if (!planned.ok) return planned;
  const { plan, warnings } = planned;
  const stored = await storeImport(plan, by, how);
  if (!stored.ok) return notStored(stored);
  const { name, version } = plan.definition;
  const notice = stored.deployed?.notice;
  const told = notice ? [...warnings, { place: "", message: notice }] : warnings;
  return { ...stored, name, version, created: plan.over === null, warnings: told };
}

/** What an import would write, or why it would not. */
async function planImport(
  given: Given,
  options: ImportOptions,
): Promise<{ reading: Reading; planned: Planned }> {
  const { override, overrideBy, into } = options;
  const decided = decidedOf(options);
  const there: There = { api: null, refused: null };
  const reading = await understand(given, async (named) => {
    const { name, version } = { ...named, ...decided };
    const id = into ?? (await findApiId(name, version));
    if (id === null) return null;
    there.refused =
      override === true || into !== undefined
        ? null
        : await whyKept(id, { name, version, override, overrideBy });
    if (there.refused === null) there.api = await store.getApi(id);
    return there.api?.definition ?? null;
  });
  const planned = reading.ok ? await planOf(reading, there, options) : refuse(400, reading.problems);
  return { reading, planned };
}

/** What the person decided, and nothing else. */
const decidedOf = (options: ImportOptions): Partial<Record<"name" | "version" | "context", string>> =>
  Object.fromEntries(
    (["name", "version", "context"] as const).flatMap((key) => (options[key] ? [[key, options[key]]] : [])),
  );

async function planOf(
  reading: Extract<Reading, { ok: true }>,
  there: There,
  options: ImportOptions,
): Promise<Planned> {
  const { deploy, by, into, note = "" } = options;
  if (there.refused !== null) return refuse(409, there.refused, "name");
  const { api } = there;
  if (into !== undefined && !api) return refuse(409, CHANGED);
  const file = reading.kind === "project" ? "api.yaml" : "";
  const parsed = parseGiven({ ...reading.definition, ...decidedOf(options) });
  if (!parsed.ok) return refuse(400, remarksOf(parsed.problems, file));
  const { provider } = options;
  const definition = provider === undefined ? parsed.definition : withLabels(parsed.definition, { provider });
  const open = deploy ? [...deployProblems(definition), ...schemeProblems(definition)] : [];
  if (open.length > 0) return refuse(400, remarksOf(open, file));
  const taken = await store.findConflicts(definition, api?.id);
  if (taken.length > 0) return refuse(409, store.problemText(taken), takenBy(taken));
  // Certificates take effect on live traffic at once, so they need the role that deploys.
  const mayTrust = can(by.role, "api.deploy");
  const certificates = mayTrust ? reading.certificates : [];
  const leftOut = mayTrust || reading.certificates.length === 0 ? [] : [certificatesLeftOut(by.role)];
  const deployment = deploy ? { note } : null;
  const plan = { definition, over: api, certificates, deployment, keepsState: into !== undefined };
  return { ok: true, plan, warnings: [...reading.warnings, ...leftOut] };
}

const CHANGED = "The API was changed or deleted at the same moment. Import it again.";

function schemeProblems(definition: ApiDefinition): Problem[] {
  const message = schemeProblem(definition);
  return message === undefined ? [] : [{ path: ["data", "securityScheme"], message }];
}

/** The API that has the name and version already, or why it is not replaced. */
interface There {
  api: store.StoredDraft | null;
  refused: string | null;
}

const takenBy = (problems: readonly Problem[]): Taken =>
  problems[0]?.path[0] === "name" ? "name" : "context";

interface Unasked {
  name: string;
  version: string;
  override: false | "unused";
  overrideBy: string | undefined;
}

/** Why an API is not replaced without being asked to; null where it is. */
async function whyKept(id: string, unasked: Unasked): Promise<string | null> {
  const { name, version, override, overrideBy = "--override, or override=true by HTTP" } = unasked;
  const use = await usedAs(id);
  if (override === "unused" && use === null) return null;
  const what =
    override === "unused" && use === "changed"
      ? `${name} ${version} has changes that were not deployed.`
      : `There is already an API named ${name} with version ${version}.`;
  return `${what} To replace it, use ${overrideBy}.`;
}

function certificatesLeftOut(role: Role): Remark {
  const message = `The certificates were left out: your role (${role}) may not add any.`;
  return { place: CERTIFICATES, message };
}

const remarksOf = (problems: readonly Problem[], file: string): Remark[] =>
  problems.map(({ path, message }) => ({
    place: [file, path.join(".")].filter((part) => part !== "").join(", "),
    message,
  }));

function notStored(stored: Exclude<Stored, { ok: true }>): Refused {
  const status = stored.kind === "invalid" ? 400 : 409;
  if (!("problems" in stored)) return refuse(status, CHANGED);
  const remarks = stored.problems.map(({ path, message }) => ({
    place: path[0] === CERTIFICATES ? path.join(", ") : "",
    message,
  }));
  return refuse(status, remarks, stored.kind === "conflict" ? takenBy(stored.problems) : undefined);
}

function refuse(status: 400 | 409, problems: string | Remark[], taken?: Taken): Refused {
  const remarks = typeof problems === "string" ? [{ place: "", message: problems }] : problems;
  return { ok: false, status, problems: remarks, ...(taken && { taken }) };
}

/** All of it in one text, a line for each. */
export const remarksText = (remarks: readonly Remark[]) => remarks.map(remarkText).join("\n");
