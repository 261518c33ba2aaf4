import type { Problem } from "#lib/edit/api";

/** Why a write was not done, as values: expected, and told to people. */

export type Conflict = { ok: false; kind: "conflict"; problems: Problem[] };
export type Invalid = { ok: false; kind: "invalid"; problems: Problem[] };
export type Missing = { ok: false; kind: "missing" };
