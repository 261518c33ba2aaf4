/** Whose a path is, in sentences for those who asked for it and do not have it. */

/** Who answers at a path: an API's name and version, and its revision. */
export interface PathOwner {
  name: string;
  version: string;
  revision: number;
}

const titleOf = ({ name, version }: PathOwner) => `${name} ${version}`;

/** Why nothing is deployed at a path that is another API's own. */
export function takenWords(path: string, owner: PathOwner): string {
  const title = titleOf(owner);
  return `${path} is served by ${title} (r${owner.revision}) now. Deploy ${title} at another path, or undeploy it, first.`;
}

/** Why an API that was deployed all the same is not served. Null: the owner is not served either. */
export function alreadyServedWords(path: string, owner: PathOwner | null): string {
  if (!owner) return `${path} belongs to another API.`;
  return `${path} is already served by another API: ${titleOf(owner)}, r${owner.revision}.`;
}

/** That a default version does not answer without its version. Null: who does is not served. */
export function shortPathWords(short: string, own: string, owner: PathOwner | null): string {
  const who = owner ? `is served by ${titleOf(owner)} (r${owner.revision})` : "belongs to another API";
  return `${short} ${who}, so this version answers at ${own} only.`;
}
