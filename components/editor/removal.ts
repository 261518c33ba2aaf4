import type { ApiDefinition } from "#lib/edit/api";

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
