"use client";
import { Deferred } from "../shared/Deferred";
import type { UndoProps } from "./removal";

export type { Removal, Removed } from "./removal";

const offer = () => import("./UndoOffer").then((m) => m.UndoOffer);

/** Says what was removed, with a way back, as soon as something is. */
export function UndoSnackbar(props: UndoProps) {
  // Where its script does not come, Ctrl+Z and the bar have the same.
  return props.removal && <Deferred quiet load={offer} props={props} />;
}
