import { parentPort, workerData } from "node:worker_threads";
import type { ApiDefinition } from "#lib/edit/api";
import { askedScopes } from "#lib/openapi/askedScopes";
import type { WriteOptions } from "#lib/openapi/openapiReading";
import { writeOpenApi } from "#lib/openapi/writeOpenApi";
import { readSource, type Source } from "./readSource";

/** What takes long with a large document, done beside the process that answers requests. */
export type Task =
  | { read: Source }
  | { write: ApiDefinition; options: WriteOptions }
  /** The text of a document. */
  | { asked: string };

const task = workerData as Task;
if ("read" in task) parentPort?.postMessage(readSource(task.read));
else if ("asked" in task) parentPort?.postMessage({ asked: askedScopes(task.asked) });
else parentPort?.postMessage({ text: writeOpenApi(task.write, task.options) });
