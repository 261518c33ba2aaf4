/** What the publisher reads and writes of APIs, by one name. The files beside it import each other directly. */
export {
  type ApiDetail,
  type ApiListItem,
  createApi,
  type Deployed,
  deleteApi,
  findConflicts,
  getApi,
  listApis,
} from "./apis";
export { deploy, undeploy } from "./deployments";
export {
  NewerRow,
  parseText,
  problemText,
  type Stale,
  type StoredDraft,
  titleOf,
  UnreadableRow,
} from "./documents";
export { saveDraft } from "./drafts";
export type { Conflict, Invalid, Missing } from "./refusals";
