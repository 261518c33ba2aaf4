import { DriverAdapterError } from "@prisma/driver-adapter-utils";
import { NUL_WORDS } from "#lib/model/nul";
import { NewerRow } from "./documents";

/**
 * What keeps a write or a read from being done that is nobody's mistake, in words. Whatever else an error says stays in
 * the log: it may name files, hosts and statements.
 */

export interface Trouble {
  /** Of HTTP: 400 for what cannot be stored anywhere, 507 where there is no room (RFC 4918, section 11.5), 503 for what passes, 500 for what nobody knows. */
  status: 400 | 500 | 503 | 507;
  /** One sentence. */
  message: string;
  /** Understood: its message says all that the log needs. */
  known: boolean;
}

/** What is wrong with a database, or with what it lies on. */
export type Fault =
  | "full"
  | "readOnly"
  | "notAllowed"
  | "busy"
  | "damaged"
  | "noDatabase"
  | "notOpened"
  | "unreachable"
  | "failing"
  | "gone"
  | "replaced"
  | "foreign"
  | "foreignLog"
  | "nul";

/** An error of our own connection, in the form in which the driver tells of its (SQLITE_READONLY_DBMOVED). */
export function faultError(fault: Fault): Error {
  return new DriverAdapterError({ kind: "sqlite", extendedCode: 1032, message: `database file: ${fault}.` });
}

/** A code of PostgreSQL's, as its driver and Prisma tell of it. */
function sqlState(codes: string): RegExp {
  return new RegExp(`(?:^|originalCode":"|Code: \`)(?:${codes})(?![0-9A-Z])`);
}

/**
 * By what the engines call it (SQLite's codes, PostgreSQL's of its manual's appendix A, those of sockets and of Prisma, or
 * the words that drivers make of them); the first that fits.
 */
const signs: readonly [RegExp, Fault][] = [
  [/database file: gone\./, "gone"],
  [/database file: replaced\./, "replaced"],
  [/database file: foreign\./, "foreign"],
  [/database file: foreignLog\./, "foreignLog"],
  // The second is PostgreSQL's.
  [/database file: nul\.|invalid byte sequence for encoding "UTF8": 0x00/, "nul"],
  [/SQLITE_FULL|ENOSPC|EDQUOT|disk is full/i, "full"],
  [sqlState("53100"), "full"],
  [sqlState("25006"), "readOnly"],
  [sqlState("42501"), "notAllowed"],
  [sqlState("55P03|57014|25P03|40001|40P01"), "busy"],
  [sqlState("57P0[1-5]|53300|08...|28P01|28000|3D000"), "unreachable"],
  [
    /\bP(?:10(?:00|01|02|03|10|11|17)|2037)\b|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ENOTFOUND/,
    "unreachable",
  ],
  [/Connection terminated|not queryable|Query read timeout|timeout exceeded when trying to/, "unreachable"],
  // Raw queries lose Prisma's codes for these.
  [
    /Can't reach database server|too many (?:clients|connections)|connection slots are reserved/,
    "unreachable",
  ],
  [/\bP20(?:24|34)\b/, "busy"],
  [/SQLITE_READONLY|EROFS|readonly database|read-only/i, "readOnly"],
  [/SQLITE_BUSY|SQLITE_LOCKED|is locked|SocketTimeout|P1008|P2028|operations? timed out/i, "busy"],
  [/SQLITE_NOTADB|not a database/i, "noDatabase"],
  [/SQLITE_CORRUPT|malformed/i, "damaged"],
  [/SQLITE_CANTOPEN|unable to open database|EACCES|EPERM/i, "notOpened"],
  [/SQLITE_IOERR|disk I\/O error/i, "failing"],
];

const told: Readonly<Record<Fault, Omit<Trouble, "known">>> = {
  nul: { status: 400, message: NUL_WORDS },
  full: { status: 507, message: "The disk of the database is full." },
  readOnly: { status: 503, message: "The database can only be read." },
  notAllowed: { status: 503, message: "The database does not allow this to the user of DATABASE_URL." },
  busy: { status: 503, message: "The database is in use by something else." },
  noDatabase: { status: 503, message: "The database is damaged." },
  damaged: { status: 503, message: "The database is damaged." },
  notOpened: { status: 503, message: "The database cannot be opened." },
  unreachable: { status: 503, message: "The server of the database cannot be reached." },
  failing: { status: 503, message: "The disk of the database fails." },
  gone: {
    status: 503,
    message:
      "The file of the database is gone: nothing can be saved until it is put back or a backup is restored.",
  },
  foreignLog: {
    status: 503,
    message:
      "The file of the database was replaced, and beside it lies the log (-wal) of the one before, which would destroy it: stop Sluice and restore the backup by npx sluice restore.",
  },
  replaced: {
    status: 503,
    message: "The file of the database was replaced while it was being used. Try again.",
  },
  foreign: {
    status: 503,
    message:
      "The file of the database was replaced by one that is no database of this Sluice: nothing can be saved until the right one is put back or a backup is restored.",
  },
};

/** What a fault is, in words. */
export const words = (fault: Fault) => told[fault].message;

/** Which fault an error tells of; null for any other error. */
export function faultOf(error: unknown): Fault | null {
  const text = textOf(error);
  return signs.find(([sign]) => sign.test(text))?.[1] ?? null;
}

/** Whether an error says that a transaction was ended because others waited for it as it did for them. */
export const isDeadlock = (error: unknown) => /\b(?:40P01|P2034)\b/.test(textOf(error));

/** Whether an error says that a table or a column is not there: Prisma's codes, SQLite's words, PostgreSQL's codes. */
export const isNotMigrated = (error: unknown) =>
  /\bP202[12]\b|no such (?:table|column)|TableDoesNotExist|\b42(?:P01|703)\b/.test(textOf(error));

/** What an error comes to, for whoever asked. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof NewerRow) return { status: 503, message: error.message, known: true };
  const fault = faultOf(error);
  if (fault) return { ...told[fault], known: true };
  return { status: 500, message: "Something went wrong in Sluice.", known: false };
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
