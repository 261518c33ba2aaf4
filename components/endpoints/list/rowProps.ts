import type { Endpoint, KeyType, Routing } from "#lib/edit/endpoints";
import { rowFieldId } from "../fieldIds";
import type { Check } from "./useChecks";

export interface RowActions {
  edit: (id: string, change: Partial<Endpoint>, field: string) => void;
  /** A field was left: what is typed next is another step of Undo. */
  leave: () => void;
  check: (id: string) => void;
  /** To a place counted from 0; `button` keeps the focus. */
  move: (id: string, to: number, button: string) => void;
  configure: (id: string) => void;
  duplicate: (id: string) => void;
  remove: (id: string) => void;
  /** "If this one is down": a question, and no edit. */
  suppose: (id: string, down: boolean) => void;
}

export interface RowProps {
  keyType: KeyType;
  endpoint: Endpoint;
  position: number;
  count: number;
  routing: Routing;
  weightUsed: boolean;
  share: string | null;
  /** Taken to be down; null where there is no other. */
  down: boolean | null;
  warning: string | undefined;
  /** Another one of the list has the same URL. */
  twin: boolean;
  /** There is no handle to drag the row by. Else that is for keys as well: one stop of Tab for two buttons. */
  fingers: boolean;
  urlProblem: string | undefined;
  weightProblem: string | undefined;
  insist: boolean;
  check: Check | undefined;
  /** Where a row that is being dragged would come to lie. */
  drop: "before" | "after" | null;
  dragged: boolean;
  actions: RowActions;
}

/** Of a part of a row. */
export interface PartProps {
  row: RowProps;
  /** The endpoint's name to readers, told apart from all others of the page. */
  called: string;
}

export const partId = ({ keyType, endpoint }: RowProps, field: string) =>
  rowFieldId(keyType, endpoint.id, field);
