import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { AskedScopes } from "#lib/access/lostScopes";
import type { ApiDefinition } from "#lib/edit/api";
import { askedScopes } from "#lib/openapi/askedScopes";
import type { WriteOptions } from "#lib/openapi/openapiReading";
import { writeOpenApi } from "#lib/openapi/writeOpenApi";
import type { Asking, Task } from "./readerWorker";
import { type PresentOf, type Reading, readInto, readSource, type Source } from "./readSource";
import { readZip } from "./zip";

/** Larger sources are read in a thread of their own, so that nobody else waits, bytes. */
const LARGE = 128 * 1024;
/** The longest that a reading may take, ms: a document of 10 MiB takes about ten seconds. */
const TIME_MS = 60_000;
/** Memory of that thread, MiB: a tree of YAML nodes is many times its text. */
const MEMORY_MIB = 2_048;
/** Threads at once; whoever comes later waits for one. */
const THREADS = 2;

/** The files of a project that was unpacked already. */
export type ProjectContent = ReadonlyMap<string, Uint8Array>;

/** What was handed in: a file of unknown kind, and what goes with it. */
export interface Given extends Omit<Source, "content"> {
  bytes: Uint8Array | ProjectContent;
  /** Nothing else is taken: apictl sends projects only. */
  projectOnly?: boolean;
}

/**
 * Finds out what it is and reads it, into the API that `presentOf` finds for it. Whatever is handed in, this ends and
 * nothing else is held up.
 */
export async function understand(
  { bytes, projectOnly = false, ...rest }: Given,
  presentOf?: PresentOf,
): Promise<Reading> {
  if (!(bytes instanceof Uint8Array)) return readFiles(bytes, rest, presentOf);
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 0x03 && bytes[3] === 0x04;
  if (!isZip && !projectOnly) {
    const text = utf8(bytes);
    if (text === undefined) return refuse("This is neither a ZIP file nor text in UTF-8.");
    return read({ ...rest, content: { kind: "openapi", text } }, bytes.length, presentOf);
  }
  const zip = await readZip(Buffer.from(bytes));
  if (!zip.ok) return refuse(zip.message);
  return readFiles(zip.files, rest, presentOf);
}

function readFiles(
  files: ProjectContent,
  rest: Omit<Source, "content">,
  presentOf?: PresentOf,
): Promise<Reading> | Reading {
  const size = [...files.values()].reduce((sum, file) => sum + file.length, 0);
  return read({ ...rest, content: { kind: "project", files } }, size, presentOf);
}

function read(source: Source, size: number, presentOf?: PresentOf): Promise<Reading> | Reading {
  if (size + sizeBeside(source) <= LARGE) return presentOf ? readInto(source, presentOf) : readSource(source);
  const task = presentOf ? { readInto: source } : { read: source };
  return inTurn(() => apart<Reading>(task, refuse, presentOf));
}

/** Of what goes with it and is read, too. */
function sizeBeside({ params, variables }: Source): number {
  return [...(variables?.values() ?? [])].reduce((sum, text) => sum + text.length, params?.text.length ?? 0);
}

/** A definition as OpenAPI text, YAML unless told otherwise. Throws a sentence when that takes too long. */
export async function written(
  definition: ApiDefinition,
  options: WriteOptions = { format: "yaml" },
): Promise<string> {
  if (definition.openapi.length <= LARGE) return writeOpenApi(definition, options);
  const task = { write: definition, options };
  const result = await inTurn(() =>
    apart<{ text: string } | { failure: string }>(task, (failure) => ({ failure })),
  );
  if ("failure" in result) throw new Error(result.failure);
  return result.text;
}

/** The scopes that an OpenAPI text asks for. Throws a sentence when that takes too long. */
export async function asked(openapi: string): Promise<AskedScopes[]> {
  if (openapi.length <= LARGE) return askedScopes(openapi);
  const result = await inTurn(() =>
    apart<{ asked: AskedScopes[] } | { failure: string }>({ asked: openapi }, (failure) => ({ failure })),
  );
  if ("failure" in result) throw new Error(result.failure);
  return result.asked;
}

/** Does a task of readerWorker.ts; `fail` makes the answer when there is none. */
function apart<T extends object>(
  task: Task,
  fail: (sentence: string) => T,
  presentOf?: PresentOf,
): Promise<T> {
  return new Promise((resolve, reject) => {
    // A path and not a module of this bundle: the thread must not load Next.
    const worker = new Worker(join(process.cwd(), "build", "readerWorker.mjs"), {
      workerData: task,
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MIB },
    });
    const end = (result: T) => {
      clearTimeout(timer);
      void worker.terminate();
      resolve(result);
    };
    const timer = setTimeout(() => {
      end(fail(`This could not be read within ${TIME_MS / 1_000} s. Split it, or write it as JSON.`));
    }, TIME_MS);
    worker.on("message", (message: T | Asking) => {
      if (!("named" in message)) return end(message);
      const found = presentOf?.(message.named) ?? Promise.resolve(null);
      found
        .then((present) => worker.postMessage(present))
        .catch((error: unknown) => {
          clearTimeout(timer);
          void worker.terminate();
          reject(error);
        });
    });
    worker.once("error", (error: NodeJS.ErrnoException) => {
      const memory = error.code === "ERR_WORKER_OUT_OF_MEMORY";
      if (!memory) console.error("Reading an import failed:", error);
      end(fail(memory ? "This takes too much memory to read." : "This could not be read."));
    });
  });
}

let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(run: () => Promise<T>): Promise<T> {
  while (running >= THREADS) await new Promise<void>((resolve) => waiting.push(resolve));
  running++;
  try {
    return await run();
  } finally {
    running--;
    waiting.shift()?.();
  }
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

const refuse = (message: string): Reading => ({ ok: false, problems: [{ place: "", message }] });
