"use client";
import type { ApiDefinition } from "#lib/edit/api";
import { Deferred } from "../shared/Deferred";

export interface Removed {
  name: string;
  /** Id of what has the focus when it is back. */
  focus: string;
}

export interface Removal extends Removed {
  /** The definition that it was removed from. */
  from: ApiDefinition;
}

export interface UndoProps {
  removal: Removal | null;
  past: readonly ApiDefinition[];
  onUndo: () => void;
}

const offer = () => import("./UndoOffer").then((m) => m.UndoOffer);

/** Says what was removed, with a way back, as soon as something is. */
export function UndoSnackbar(props: UndoProps) {
  // Where its script does not come, Ctrl+Z and the bar have the same.
  return props.removal && <Deferred quiet load={offer} props={props} />;
}
