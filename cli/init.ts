import { randomUUID } from "node:crypto";
import { readOpenApi } from "#lib/openapi/readOpenApi";
import { ApiDefinition } from "#lib/schemas/definition";
import { writeProject } from "#lib/wso2/writeProject";
import { Failure } from "./client";
import { readText, writeFolder } from "./projectFiles";

/** What a project says that is made of nothing. */
const plain = { name: "MyApi", version: "1.0.0", context: "/myapi" };

/**
 * Makes a project folder in the layout of `apictl init`, from an OpenAPI document if one is given; that goes into it as
 * it is. Returns the warnings of reading it.
 */
export async function init(folder: string, oas: string | undefined): Promise<string[]> {
  if (oas === undefined) {
    await write(folder, ApiDefinition.parse(plain), undefined);
    return [];
  }
  const text = await readText(oas);
  const read = readOpenApi(text, { newId: () => `ep_${randomUUID().replaceAll("-", "").slice(0, 20)}` });
  const told = (note: { line: number; message: string }) => `${oas}, line ${note.line}: ${note.message}`;
  if (!read.ok) throw new Failure(read.problems.map(told).join("\n"));
  const { name, version, context } = read.definition;
  const slug = (name ?? plain.name).toLowerCase().replace(/[^a-z0-9]+/g, "-");
  const parsed = ApiDefinition.safeParse({
    ...read.definition,
    name: name ?? plain.name,
    version: version ?? plain.version,
    context: context ?? `/${slug}`,
  });
  if (!parsed.success) throw new Failure(parsed.error.issues.map(({ message }) => message).join("\n"));
  await write(folder, parsed.data, text);
  return read.warnings.map(told);
}

async function write(folder: string, definition: ApiDefinition, openapi: string | undefined): Promise<void> {
  const files = writeProject(definition, { begins: true, ...(openapi !== undefined && { openapi }) });
  // Exports have a folder on top; a project that is worked on has none.
  const below = [...files].map(([path, text]) => [path.slice(path.indexOf("/") + 1), text] as const);
  const { name, version } = definition;
  const meta = `name: ${JSON.stringify(name)}\nversion: ${JSON.stringify(version)}\n`;
  await writeFolder(folder, new Map([["api_meta.yaml", meta], ...below]));
}
