import { type ApiDefinition, operationName, type Resource, sameValue } from "./api";

export type Side = "mine" | "theirs";

/**
 * What two people made of one definition, in one: every change of either. Endpoints are matched by id and operations
 * by method and path; any other list is one value, because half of each would be nobody's. Where both changed the
 * same differently, or one changed what the other removed, `prefer` decides: what the two preferences differ in is
 * what the two people disagree about. Can be invalid like any edit (a list grown too long).
 */
export function merge(
  base: ApiDefinition,
  mine: ApiDefinition,
  theirs: ApiDefinition,
  prefer: Side,
): ApiDefinition {
  // No side lacks a field of a definition, so the result has them all.
  return mergeValue(base, mine, theirs, prefer) as ApiDefinition;
}

/** An absent value is undefined on its side. */
function mergeValue(base: unknown, mine: unknown, theirs: unknown, prefer: Side): unknown {
  if (sameValue(mine, theirs) || sameValue(base, theirs)) return mine;
  if (sameValue(base, mine)) return theirs;
  if (isRecord(mine) && isRecord(theirs)) {
    const from = isRecord(base) ? base : {};
    const keys = new Set([...Object.keys(theirs), ...Object.keys(mine)]);
    const merged = [...keys].map((key) => [key, mergeValue(from[key], mine[key], theirs[key], prefer)]);
    return Object.fromEntries(merged.filter(([, value]) => value !== undefined));
  }
  const [was, my, their] = [keyed(base ?? []), keyed(mine), keyed(theirs)];
  if (was && my && their) {
    return mergeOrder(was, my, their, prefer).flatMap((key) => {
      const value = mergeValue(was.get(key), my.get(key), their.get(key), prefer);
      return value === undefined ? [] : [value];
    });
  }
  return prefer === "mine" ? mine : theirs;
}

type Keyed = ReadonlyMap<string, unknown>;

/**
 * Every key of both sides: in the order of the one that moved something, else as they have it, because theirs was there
 * first; the other's new ones stand behind what they followed and what the first side put there.
 */
function mergeOrder(base: Keyed, mine: Keyed, theirs: Keyed, prefer: Side): string[] {
  const moved = (side: Keyed) =>
    !sameValue(
      [...side.keys()].filter((k) => base.has(k)),
      [...base.keys()].filter((k) => side.has(k)),
    );
  const mineLeads = moved(mine) && (!moved(theirs) || prefer === "mine");
  const [lead, other] = mineLeads ? [mine, theirs] : [theirs, mine];
  const order = [...lead.keys()];
  let previous: string | undefined;
  for (const key of other.keys()) {
    if (!lead.has(key)) {
      let at = previous === undefined ? 0 : order.indexOf(previous) + 1;
      while (at < order.length && !other.has(order[at]!)) at++;
      order.splice(at, 0, key);
    }
    previous = key;
  }
  return order;
}

/** A list by the names of its members; undefined when it is none, or when they have none. */
function keyed(list: unknown): Keyed | undefined {
  if (!Array.isArray(list)) return undefined;
  const byName = new Map(list.map((member) => [nameOf(member), member]));
  return byName.has(undefined) || byName.size < list.length ? undefined : (byName as Keyed);
}

function nameOf(member: unknown): string | undefined {
  if (!isRecord(member)) return undefined;
  if (typeof member.id === "string") return member.id;
  if ("method" in member && "path" in member) return operationName(member as unknown as Resource);
  return undefined;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
