import type { ApiDefinition } from "#lib/edit/api";
import type { OpenApiResult } from "#lib/openapi/openapiReading";
import { readOpenApi } from "#lib/openapi/readOpenApi";
import { writeOpenApi } from "#lib/openapi/writeOpenApi";
import { newEndpointId } from "../endpoints/newId";

/** Reads and writes OpenAPI texts beside the page: a large one takes seconds. */

export type Format = "yaml" | "json";
export type Task =
  | { kind: "read"; text: string; present: ApiDefinition }
  | { kind: "write"; definition: ApiDefinition; format: Format };
export type Result = { kind: "read"; reading: OpenApiResult } | { kind: "write"; text: string };

self.onmessage = ({ data }: MessageEvent<{ id: number; task: Task }>) => {
  self.postMessage({ id: data.id, result: run(data.task) });
};

function run(task: Task): Result {
  if (task.kind === "write") {
    return { kind: "write", text: writeOpenApi(task.definition, { format: task.format }) };
  }
  const options = { newId: newEndpointId, present: task.present, unnamed: "default" } as const;
  return { kind: "read", reading: readOpenApi(task.text, options) };
}
