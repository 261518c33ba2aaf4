import { type LifeCycleState, transitionsOf } from "#lib/wso2/lifeCycle";

/** A state in the form of WSO2's clients, with what may be done in it. */
export const lifeCycleOf = (state: LifeCycleState) => ({
  state,
  checkItems: [],
  availableTransitions: transitionsOf(state),
});
