import { parentPort, workerData } from "node:worker_threads";
import type { ApiDefinition } from "#lib/edit/api";
import { askedScopes } from "#lib/openapi/askedScopes";
import type { WriteOptions } from "#lib/openapi/openapiReading";
import { writeOpenApi } from "#lib/openapi/writeOpenApi";
import { type PresentOf, readInto, readSource, type Source } from "./readSource";

/** What takes long with a large document, done beside the process that answers requests. */
export type Task =
  | { read: Source }
  /** Asks for what is there by a message of `Asking`, and is answered with it or null. */
  | { readInto: Source }
  | { write: ApiDefinition; options: WriteOptions }
  /** The text of a document. */
  | { asked: string };

/** Which API is to be looked up. */
export interface Asking {
  named: Parameters<PresentOf>[0];
}

const ask: PresentOf = (named) =>
  new Promise((resolve) => {
    parentPort?.once("message", resolve);
    parentPort?.postMessage({ named } satisfies Asking);
  });

const task = workerData as Task;
if ("read" in task) parentPort?.postMessage(readSource(task.read));
else if ("readInto" in task) void readInto(task.readInto, ask).then((read) => parentPort?.postMessage(read));
else if ("asked" in task) parentPort?.postMessage({ asked: askedScopes(task.asked) });
else parentPort?.postMessage({ text: writeOpenApi(task.write, task.options) });
