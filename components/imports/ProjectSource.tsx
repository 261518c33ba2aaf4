"use client";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { changedWords, readChosen } from "../shared/chosenFile";
import { FileField } from "./FileField";
import type { Handed, Refused } from "./preview";

/** A project, and for an environment of it a parameter file. */
export function useProjectSource() {
  const [file, setFile] = useState<File | null>(null);
  const [params, setParams] = useState<File | null>(null);
  const [environment, setEnvironment] = useState("");

  const collect = async (): Promise<Handed | Refused> => {
    const refuse = (message: string): Refused => ({ ok: false, problems: [{ place: "", message }] });
    if (!file) return refuse("Choose the project's ZIP file.");
    const content = await readChosen(file);
    if (!content) return refuse(changedWords(file));
    const chosenParams = params && (await readChosen(params));
    if (params && !chosenParams) return refuse(changedWords(params));
    return {
      file: content,
      name: file.name,
      ...(chosenParams && { params: await chosenParams.text() }),
      ...(environment.trim() && { environment: environment.trim() }),
    };
  };
  return { file, setFile, params, setParams, environment, setEnvironment, collect };
}

export function ProjectSource({ source }: { source: ReturnType<typeof useProjectSource> }) {
  return (
    <>
      <FileField
        label="Choose a project"
        helper="ZIP of apictl export or of an apictl project folder, up to 20 MiB. It can be dropped here, too."
        accept=".zip,application/zip"
        file={source.file}
        onChange={source.setFile}
      />
      <Typography variant="body2" color="textSecondary">
        Only if the endpoints of one environment are meant:
      </Typography>
      <FileField
        label="Choose a parameter file"
        helper="Optional. Variables in it are not replaced here; the command line does that."
        accept=".yaml,.yml,.json"
        file={source.params}
        onChange={source.setParams}
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
