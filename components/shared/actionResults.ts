import { unstable_isUnrecognizedActionError } from "next/navigation";
import { signedOutWords } from "#lib/access/roles";
import type { ApiDefinition, Problem } from "#lib/edit/api";
import type { KeyType } from "#lib/edit/endpoints";
import type { CertificateInfo, NewCertificate } from "#lib/traffic/trustedCertificates";
import { tellSession } from "./sessionEnd";
import { tellUpdated, updatedWords } from "./versionNews";

/** What the server's actions answer, as the pages need it. */
export type Failed = { ok: false; kind: "failed"; message: string };
export type Missing = { ok: false; kind: "missing" };
export type Refused = { ok: false; kind: "invalid" | "conflict"; problems: Problem[] };

export interface Draft {
  definition: ApiDefinition;
  draftVersion: number;
  updatedAt: Date;
}

export type SaveResult =
  | { ok: true; draft: Draft }
  | Refused
  | { ok: false; kind: "stale"; theirs: Draft }
  | Missing
  | Failed;
export type Outdated = { ok: false; kind: "stale" };
/** Not done yet: these callers would get errors. */
export type Asks = { ok: false; kind: "asks"; losses: string[] };
export type DeployResult =
  | { ok: true; revision: number; generation: number }
  | Refused
  | Outdated
  | Asks
  | Missing
  | Failed;
export type ChangeResult = { ok: true; generation: number } | Missing | Failed;
export type CreateResult = { ok: true; id: string } | Refused | Failed;

/** A token to try an API out with. */
export interface TestToken {
  keyType: KeyType;
  token: string;
  expiresAt: Date | string;
}
export type IssueTestToken = (
  id: string,
  keyType: KeyType,
) => Promise<{ ok: true; token: TestToken } | Missing | Failed>;

export type AddCertificateResult = { ok: true; certificate: CertificateInfo } | Refused | Failed;
export type AddCertificate = (input: NewCertificate) => Promise<AddCertificateResult>;

export type Save = (id: string, definition: ApiDefinition, baseVersion: number) => Promise<SaveResult>;
/** With `ask` it is not done, but asked, where callers lose something by it. */
export type Deploy = (
  id: string,
  draftVersion: number,
  note?: string,
  ask?: boolean,
) => Promise<DeployResult>;
/** Of the draft that the page shows. */
export type ChangeDraft = (
  id: string,
  draftVersion: number,
) => Promise<{ ok: true } | Refused | Outdated | Missing | Failed>;
export type Change = (id: string) => Promise<ChangeResult>;

/** An action whose answer never came is a failure like any other. */
export async function answerOf<T>(call: Promise<T>): Promise<T | Failed> {
  try {
    const result = await call;
    if (isSignedOut(result)) tellSession(true);
    return result;
  } catch (error) {
    if (unstable_isUnrecognizedActionError(error)) {
      tellUpdated();
      return { ok: false, kind: "failed", message: updatedWords };
    }
    return { ok: false, kind: "failed", message: noAnswerWords() };
  }
}

const isSignedOut = (result: unknown) =>
  typeof result === "object" && (result as Partial<Failed> | null)?.message === signedOutWords;

/** Whether this computer itself says that it has no network. */
export const isOffline = () => !navigator.onLine;

export const noAnswerWords = () =>
  isOffline()
    ? "You are offline, so Sluice cannot be reached."
    : "Sluice does not answer. Is it still running?";

export function failureText(result: Refused | Outdated | Asks | Missing | Failed): string {
  if (result.kind === "stale") return "Somebody saved another draft in between; reload to see it.";
  if (result.kind === "failed") return result.message;
  if (result.kind === "missing") return "This API was deleted meanwhile.";
  if (result.kind === "asks") return result.losses.join(" ");
  return result.problems.map((p) => p.message).join(" ");
}
