"use client";
import type { FindConflicts } from "../create/useCreateForm";
import { ImportWizard } from "./ImportWizard";
import { ProjectSource, useProjectSource } from "./ProjectSource";

export function ImportProject({ onFindConflicts }: { onFindConflicts: FindConflicts }) {
  const source = useProjectSource();
  return (
    <ImportWizard
      title="Import a WSO2 project"
      source={<ProjectSource source={source} />}
      given={[source.files, source.params, source.environment]}
      several={source.several}
      collect={source.collect}
      onFindConflicts={onFindConflicts}
    />
  );
}
