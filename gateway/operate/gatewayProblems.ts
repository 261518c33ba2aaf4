import type { AdminContext } from "./adminContext";

/** Most that are named, and how long each may be, characters: the row is written often. */
const MAX_PROBLEMS = 20;
const MAX_LENGTH = 300;

/** What is wrong with a gateway, a sentence each, without what changes from second to second. */
export function gatewayProblems({
  watcher,
  identity,
  auth,
  custom,
}: Pick<AdminContext, "watcher" | "identity" | "auth" | "custom">): string[] {
  const { snapshot, databaseError } = watcher;
  const certificate = identity?.status()?.problem;
  const all = [
    ...(databaseError ? [`The database cannot be read: ${databaseError}`] : []),
    ...[...snapshot.errors].map(([apiId, { message }]) => {
      const api = snapshot.byId.get(apiId)?.definition;
      return `${api ? `${api.name} ${api.version}` : `API ${apiId}`}: ${message}`;
    }),
    ...(certificate ? [`Certificate for callers: ${certificate}`] : []),
    ...auth.status().flatMap(({ issuer, problem }) => (problem ? [`Keys of ${issuer}: ${problem}`] : [])),
    ...custom.faults.map(({ className, reason }) => `Algorithm ${className}: ${reason}`),
  ];
  const more = all.length - MAX_PROBLEMS;
  const named = all.slice(0, MAX_PROBLEMS).map((text) => text.slice(0, MAX_LENGTH));
  return more > 0 ? [...named, `And ${more} more: its /status has them.`] : named;
}
