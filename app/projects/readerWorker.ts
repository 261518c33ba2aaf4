import { parentPort, workerData } from "node:worker_threads";
import type { ApiDefinition } from "#lib/api";
import type { WriteOptions } from "#lib/openapi/types";
import { writeOpenApi } from "#lib/openapi/write";
import { readSource, type Source } from "./read";

/** What takes long with a large document, done beside the process that answers requests. */
export type Task = { read: Source } | { write: ApiDefinition; options: WriteOptions };

const task = workerData as Task;
if ("read" in task) parentPort?.postMessage(readSource(task.read));
else parentPort?.postMessage({ text: writeOpenApi(task.write, task.options) });
