import type { Change, Deploy, DeployResult, Failed } from "../shared/actionResults";

export interface Interval {
  since: string;
  until: string | null;
  author: string;
  note: string;
}

export interface Revision {
  number: number;
  note: string;
  author: string;
  createdAt: string;
  live: boolean;
  intervals: Interval[];
  /** Null when it cannot be compared with the one before. */
  changes: string[] | null;
}

/** What deploying a revision is called: one that served before what is live is gone back to. */
export function deployWords({ number, intervals }: Revision, live: number | null): string {
  const back = intervals.length > 0 && live !== null && number < live;
  return back ? `Roll back to r${number}` : `Deploy r${number}`;
}

export type Compare = (
  id: string,
  from: number,
  to: number,
) => Promise<{ ok: true; changes: string[] | null; losses: string[] } | Failed>;
export type RollBack = (
  id: string,
  number: number,
  note: string,
) => Promise<DeployResult | { ok: false; kind: "unreadable" }>;
export type EditFrom = (
  id: string,
  number: number,
  baseVersion: number,
) => Promise<{ ok: true } | { ok: false; kind: string } | Failed>;

/** A save of the draft. */
export interface Save {
  /** Of the draft before it. */
  id: number;
  at: string;
  author: string;
  changes: string[];
}

export type BringBack = (
  id: string,
  earlierId: number,
  baseVersion: number,
) => Promise<{ ok: true } | { ok: false; kind: string } | Failed>;

export interface DeploymentActions {
  onDeploy: Deploy;
  onUndeploy: Change;
  onRollBack: RollBack;
  onEditFrom: EditFrom;
  onBringBack: BringBack;
}

/** The draft, among the numbers of revisions. */
export const DRAFT = 0;
export const sideName = (number: number) => (number === DRAFT ? "draft" : `r${number}`);
