import { findFile, type ProjectFiles, readYaml } from "./files";
import { type EnvironmentParams, readParams } from "./params";
import { Notes } from "./projectNotes";
import { type Json, objectOf, shown, textOf } from "./values";
import { roomOfFile, substituted } from "./variables";

export interface EnvironmentOptions {
  /** A parameter file and the environment of it that is wanted. */
  params?: { file: string; text: string };
  environment?: string;
  /** For `${NAME}` in api.yaml and the parameter file; without it those in api.yaml stay as they are. */
  variables?: ReadonlyMap<string, string>;
}

const paramFiles = ["api_params", "params"].flatMap((stem) =>
  ["yaml", "yml", "json"].map((ending) => `${stem}.${ending}`),
);

/** The parameter file that was given, or that of the project when an environment is asked for. */
export function readEnvironment(
  files: ProjectFiles,
  present: Json,
  options: EnvironmentOptions,
): EnvironmentParams & { notes: Notes } {
  const { params, environment, variables = new Map<string, string>() } = options;
  const found = params ?? (environment === undefined ? undefined : findFile(files, paramFiles));
  const notes = new Notes(found?.file ?? "params.yaml");
  const nothing = { endpointConfig: undefined, namesEndpoints: false, certificates: [], notes };
  if (!found || "problem" in found) {
    if (environment !== undefined)
      notes.problem("", `There is no readable parameter file for ${shown(environment)}.`);
    return nothing;
  }
  const read = readYaml(found.file, found.text);
  if ("problems" in read) {
    notes.problems.push(...read.problems);
    return nothing;
  }
  const value = objectOf(read.source.value) ?? {};
  const room = roomOfFile();
  // Only the variables of the chosen environment need to be there.
  const chosen = Array.isArray(value.environments)
    ? {
        environments: value.environments.map((item) =>
          isChosen(item, environment)
            ? substituted(item, variables, notes, "", room)
            : { name: objectOf(item)?.name },
        ),
      }
    : value;
  return { ...readParams(chosen, environment, present, notes), notes };
}

const isChosen = (item: unknown, environment: string | undefined) =>
  environment === undefined || textOf(objectOf(item)?.name) === environment;
