"use client";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { useMemo, useState } from "react";
import { FileField } from "./FileField";
import type { Handed, Refused } from "./preview";
import { handedOf } from "./useManyImports";

/** A project, and for an environment of it a parameter file. */
export function useProjectSource() {
  const [files, setFiles] = useState<readonly File[]>([]);
  const [params, setParams] = useState<File | null>(null);
  const [environment, setEnvironment] = useState("");
  const chosen = useMemo(() => ({ files, params, environment }), [files, params, environment]);

  const collect = async (): Promise<Handed | Refused> => {
    const [file] = files;
    if (!file) return { ok: false, problems: [{ place: "", message: "Choose a project." }] };
    return handedOf(file, chosen);
  };
  const several = files.length > 1 ? chosen : null;
  return { files, setFiles, params, setParams, environment, setEnvironment, collect, several };
}

export function ProjectSource({ source }: { source: ReturnType<typeof useProjectSource> }) {
  return (
    <>
      <FileField
        label="Choose a project"
        helper="ZIP of apictl export or of an apictl project folder, up to 20 MiB. It can be dropped here, too; several at once become an API each."
        accept=".zip,application/zip"
        files={source.files}
        onChange={source.setFiles}
        multiple
      />
      <Typography variant="body2" color="textSecondary">
        Only if the endpoints of one environment are meant:
      </Typography>
      <FileField
        label="Choose a parameter file"
        helper="Optional. Variables in it are not replaced here; the command line does that."
        accept=".yaml,.yml,.json"
        files={source.params ? [source.params] : []}
        onChange={([params = null]) => source.setParams(params)}
      />
      <TextField
        label="Environment"
        helperText="Its name in the parameter file, for example production"
        value={source.environment}
        onChange={(event) => source.setEnvironment(event.target.value)}
        autoComplete="off"
        fullWidth
      />
    </>
  );
}
