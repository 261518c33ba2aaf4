import type { ApiDefinition } from "../edit/api";
import type { TextReader } from "../text/source";
import type { Note } from "../text/textNote";

export type { Note } from "../text/textNote";

/** Where a document names the endpoints of a key type; null when it does not. */
export type EndpointSource = "extension" | "servers" | null;

/** What a document says of an API. Whatever it does not say has its default, or what `present` had. */
export interface OpenApiReading {
  ok: true;
  /**
   * Everything but the three fields that a document may lack is complete. `openapi` is the text as given, with each
   * password replaced by SECRET_IS_SET; a password found is a `{plain}` reference in its group.
   */
  definition: Omit<ApiDefinition, "name" | "context" | "version"> &
    Partial<Pick<ApiDefinition, "name" | "context" | "version">>;
  /** Where the API's own groups come from, so that an importer can rank other sources below it. */
  names: { production: EndpointSource; sandbox: EndpointSource };
  /** Where the context comes from; null when the document names none. */
  contextFrom: "x-wso2-basePath" | "servers" | "basePath" | null;
  /** What the text refers to beside it, by path, where the document came in a project. */
  files?: Record<string, string>;
  warnings: Note[];
}

export type OpenApiResult = OpenApiReading | { ok: false; problems: Note[] };

/** The files of a project around a definition. */
export interface FilesAround {
  /** The definition's own path in the project. */
  main: string;
  /** Undefined where there is none, or no text. */
  textOf(path: string): string | undefined;
}

export interface ReadOptions {
  /** Makes ids for endpoints that are new; lib has no randomness of its own. */
  newId(): string;
  /** The definition that is read into: the ids and secrets of its endpoints stay, found by URL. */
  present?: ApiDefinition;
  /**
   * What a document that says nothing of a setting means: "keep" what `present` has (importing a file again), or its
   * "default" (editing the exported text, where taking a line out takes the setting out). Default "keep".
   */
  unnamed?: "keep" | "default";
  /** Of the API as a whole, instead of both: what another file beside the document says. */
  settings?: Partial<ApiDefinition>;
  /** The http or https URL that the document came from: relative servers are meant against it. */
  address?: string;
  /** Those of the project that it came in. */
  files?: FilesAround;
  /** How texts are read, where not anew each time. */
  readText?: TextReader;
}

export interface WriteOptions {
  format: "yaml" | "json";
  /** For a project: WSO2 reads scopes from its own scheme alone. */
  forWso2?: boolean;
}

/** Stands in texts where there is a secret, which texts never hold. */
export const SECRET_IS_SET = "(set)";
