import { randomUUID } from "node:crypto";
import type { ApiDefinition } from "#lib/edit/api";
import { readOpenApi } from "#lib/openapi/readOpenApi";
import { remembering, type TextReader } from "#lib/text/source";
import type { ProjectCertificate } from "#lib/wso2/projectCertificates";
import { readProject } from "#lib/wso2/readProject";

/** What an import is made of: the files of a WSO2 project, or the text of an OpenAPI document. */
export interface Source {
  content: { kind: "project"; files: ReadonlyMap<string, Uint8Array> } | { kind: "openapi"; text: string };
  /** Where the OpenAPI document came from. */
  address?: string;
  /** A parameter file of apictl, and the environment of it that is meant. */
  params?: { file: string; text: string };
  environment?: string;
  /** For `${NAME}` in both. */
  variables?: ReadonlyMap<string, string>;
  /** Where api.yaml names endpoints, they go before those of the definition. */
  endpointsFirst?: boolean;
  /** The API that it is read into: what stays the same keeps its ids and secrets. */
  present?: ApiDefinition;
}

/** Something to say about a source: "line 12, paths./menu" or "api.yaml, data.version", and what. */
export interface Remark {
  place: string;
  message: string;
}

export type Reading =
  | {
      ok: true;
      kind: "project" | "openapi";
      /** To be parsed: it may lack a name, a version or a context. */
      definition: Record<string, unknown> & { name?: string; version?: string; context?: string };
      certificates: ProjectCertificate[];
      warnings: Remark[];
    }
  | { ok: false; problems: Remark[] };

export const newEndpointId = () => `ep_${randomUUID().replaceAll("-", "").slice(0, 20)}`;

/** Tells which API has this name and version, to be read into; null where none has. */
export type PresentOf = (named: { name: string; version: string }) => Promise<ApiDefinition | null>;

/**
 * Reads it, and where it is found to be a newer one of an API that is there, into that, without reading its texts again.
 * What cannot be read so is what it is without.
 */
export async function readInto(source: Source, presentOf: PresentOf): Promise<Reading> {
  const readText = remembering();
  const first = readSource(source, readText);
  if (!first.ok) return first;
  const { name = "", version = "" } = first.definition;
  const present = await presentOf({ name, version });
  const again = present ? readSource({ ...source, present }, readText) : first;
  return again.ok ? again : first;
}

/** Reads it here and now. Never throws; takes about a second for each MiB of YAML. */
export function readSource(
  { content, address, params, environment, variables, endpointsFirst, present }: Source,
  readText?: TextReader,
): Reading {
  const common = { newId: newEndpointId, ...(present && { present }), ...(readText && { readText }) };
  if (content.kind === "project") {
    const options = {
      ...common,
      ...(params && { params }),
      ...(environment && { environment }),
      ...(variables && { variables }),
      ...(endpointsFirst && { endpointsFirst }),
      ...(address && { address }),
    };
    const read = readProject(content.files, options);
    const remark = ({ file, place, message }: { file: string; place: string; message: string }): Remark => ({
      place: [file, place].filter((part) => part !== "").join(", "),
      message,
    });
    if (!read.ok) return { ok: false, problems: read.problems.map(remark) };
    const { definition, certificates, warnings } = read;
    return { ok: true, kind: "project", definition, certificates, warnings: warnings.map(remark) };
  }
  if (params) {
    const message = "A parameter file goes with a WSO2 project, and this is an OpenAPI document.";
    return { ok: false, problems: [{ place: params.file, message }] };
  }
  const read = readOpenApi(content.text, { ...common, ...(address && { address }) });
  const remark = ({ line, path, message }: { line: number; path: (string | number)[]; message: string }) => ({
    place: [`line ${line}`, path.join(".")].filter((part) => part !== "").join(", "),
    message,
  });
  if (!read.ok) return { ok: false, problems: read.problems.map(remark) };
  const warnings = read.warnings.map(remark);
  return { ok: true, kind: "openapi", definition: { ...read.definition }, certificates: [], warnings };
}

/** In one line. */
export const remarkText = ({ place, message }: Remark) => (place === "" ? message : `${place}: ${message}`);
