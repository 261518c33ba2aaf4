export const root: string;
/** Reads `.env`, which Next would do by itself and our other processes would not. */
export function loadEnvFile(): void;
