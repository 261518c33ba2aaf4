import type { EndpointGroup } from "#lib/edit/endpoints";

/** How many of the next requests are listed. */
export const COUNT = 20;

export interface NextRequestsProps {
  group: EndpointGroup;
  /** Endpoints taken to be down. */
  out: ReadonlySet<string>;
}
