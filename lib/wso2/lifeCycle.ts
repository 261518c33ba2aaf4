/**
 * WSO2's life cycle of an API. Here the states are names, but for two: a blocked API answers nobody, and a retired one
 * is undeployed.
 */

export const BLOCKED = "BLOCKED";
export const RETIRED = "RETIRED";

export type LifeCycleState = "CREATED" | "PROTOTYPED" | "PUBLISHED" | "BLOCKED" | "DEPRECATED" | "RETIRED";

/** By state: what leads where. Back from RETIRED leads nothing in WSO2. */
const transitions: Readonly<Record<LifeCycleState, Readonly<Record<string, LifeCycleState>>>> = {
  CREATED: { Publish: "PUBLISHED", "Deploy as a Prototype": "PROTOTYPED" },
  PROTOTYPED: {
    Publish: "PUBLISHED",
    "Demote to Created": "CREATED",
    "Deploy as a Prototype": "PROTOTYPED",
  },
  PUBLISHED: {
    Block: BLOCKED,
    "Deploy as a Prototype": "PROTOTYPED",
    "Demote to Created": "CREATED",
    Deprecate: "DEPRECATED",
    Publish: "PUBLISHED",
  },
  BLOCKED: { Deprecate: "DEPRECATED", "Re-Publish": "PUBLISHED" },
  DEPRECATED: { Retire: RETIRED },
  RETIRED: { "Re-Publish": "PUBLISHED" },
};

const isState = (text: string): text is LifeCycleState => Object.hasOwn(transitions, text);

/**
 * The state of an API: what somebody made it, else what its project came with. That it came blocked or retired blocks
 * and undeploys nothing, so it is as if it were new.
 */
export function stateOf(stored: string | null, label: string): LifeCycleState {
  if (stored !== null && isState(stored)) return stored;
  const given = label.toUpperCase();
  return isState(given) && given !== BLOCKED && given !== RETIRED ? given : "CREATED";
}

export interface Transition {
  event: string;
  targetState: LifeCycleState;
}

export const transitionsOf = (state: LifeCycleState): Transition[] =>
  Object.entries(transitions[state]).map(([event, targetState]) => ({ event, targetState }));

/** Whether an action decides what callers get, whatever the state: that needs the role that deploys. */
export const concernsCallers = (action: string) => /^(block|retire|re-publish)$/i.test(action);
