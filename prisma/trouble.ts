/**
 * What keeps a write or a read from being done that is nobody's mistake, in words. Whatever else an error says stays in
 * the log: it may name files, hosts and statements.
 */

export interface Trouble {
  /** Of HTTP: 507 where there is no room (RFC 4918, section 11.5), 503 for what passes, 500 for what nobody knows. */
  status: 500 | 503 | 507;
  /** One sentence. */
  message: string;
  /** Understood: its message says all that the log needs. */
  known: boolean;
}

/** By what SQLite calls it (its codes, or the words that drivers make of them); the first that fits. */
const kinds: readonly [RegExp, Omit<Trouble, "known">][] = [
  [/SQLITE_FULL|ENOSPC|EDQUOT|disk is full/i, { status: 507, message: "The disk of the database is full." }],
  [
    /SQLITE_READONLY|EROFS|readonly database|read-only/i,
    { status: 503, message: "The database can only be read." },
  ],
  [
    /SQLITE_BUSY|SQLITE_LOCKED|database is locked|SocketTimeout|operations? timed out/i,
    { status: 503, message: "The database is in use by something else." },
  ],
  [
    /SQLITE_CORRUPT|SQLITE_NOTADB|malformed|not a database/i,
    { status: 503, message: "The database is damaged." },
  ],
  [/SQLITE_CANTOPEN|unable to open database/i, { status: 503, message: "The database cannot be opened." }],
  [/SQLITE_IOERR|disk I\/O error/i, { status: 503, message: "The disk of the database fails." }],
];

/** What an error comes to, for whoever asked. */
export function troubleOf(error: unknown): Trouble {
  const text = textOf(error);
  const found = kinds.find(([pattern]) => pattern.test(text))?.[1];
  return found
    ? { ...found, known: true }
    : { status: 500, message: "Something went wrong in Sluice.", known: false };
}

/** All that an error says of itself and of what caused it. */
function textOf(error: unknown, depth = 0): string {
  if (!(error instanceof Error) || depth > 3) return String(error);
  const { code = "", meta, cause } = error as Error & { code?: string; meta?: unknown };
  const told =
    meta === undefined
      ? ""
      : JSON.stringify(meta, (_, value) => (value instanceof Error ? textOf(value, depth + 1) : value));
  return [code, error.message, told, cause === undefined ? "" : textOf(cause, depth + 1)].join(" ");
}
