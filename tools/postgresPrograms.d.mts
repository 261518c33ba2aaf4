/** Where PostgreSQL's programs are; null where there are none. */
export function postgresPrograms(): string | null;
