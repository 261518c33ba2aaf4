import type { ApiDefinition, Problem } from "#lib/edit/api";
import type { EditDefinition } from "../editor/useEditor";

/** What every part of the page gets. */
export interface PanelProps {
  definition: ApiDefinition;
  edit: EditDefinition;
  problems: Problem[];
  /** The field is left: what is typed next is a step of its own. */
  pause: () => void;
}
