/** Sets of scopes of one operation at most. */
export const MAX_SETS = 100;
/** Scopes of one operation at most, counted in each set that names them. */
export const MAX_SCOPES = 500;
/** Longest scope, characters. */
export const MAX_SCOPE = 200;
/** Said where there are more. */
export const TOO_MANY_SCOPES = `An operation has at most ${MAX_SETS} sets of scopes, with ${MAX_SCOPES} scopes in all of them.`;

export const scopeCount = (sets: readonly (readonly string[])[]) =>
  sets.reduce((sum, set) => sum + set.length, 0);
