import type { Resource } from "#lib/edit/api";
import { needsList } from "../endpoints/needsList";
import { noEndpoints } from "./inherited";

/** Which parts of an operation's endpoints are open. */
export type OpenPanels = { list: boolean; settings: boolean };

/** The operation whose endpoints are shown. */
export type Expanded = { name: string; panels: OpenPanels } | null;

export const panelsOf = (resource: Resource): OpenPanels => ({
  list: needsList(resource.endpoints ?? noEndpoints),
  settings: false,
});
