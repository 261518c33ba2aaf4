"use client";
import type { FindConflicts } from "../create/useCreateForm";
import { ImportWizard } from "./ImportWizard";
import { OpenApiSource, useOpenApiSource } from "./OpenApiSource";
import type { FetchText } from "./preview";

export function ImportOpenApi(props: { onFetch: FetchText; onFindConflicts: FindConflicts }) {
  const source = useOpenApiSource(props.onFetch);
  return (
    <ImportWizard
      title="Import an OpenAPI definition"
      source={<OpenApiSource source={source} multiple />}
      given={[source.way, source.files, source.url, source.text]}
      several={source.several}
      collect={source.collect}
      onFindConflicts={props.onFindConflicts}
    />
  );
}
