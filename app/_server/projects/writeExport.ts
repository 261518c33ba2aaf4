import type { ApiDefinition } from "#lib/edit/api";
import { httpsOrigins } from "#lib/traffic/trustedCertificates";
import { type WriteOptions, writeProject } from "#lib/wso2/writeProject";
import { trustedBy } from "#prisma/certificates";
import { written } from "./understand";
import { writeZip } from "./zip";

export const formats = ["yaml", "json", "project"] as const;
export type ExportFormat = (typeof formats)[number];

/** A definition as a file: its name, media type and content. Without secrets; a project has the certificates. */
export async function write(
  definition: ApiDefinition,
  format: ExportFormat,
  project: Pick<WriteOptions, "format" | "deployed"> = {},
): Promise<{ name: string; type: string; body: string | Uint8Array<ArrayBuffer> }> {
  // Header values are Latin-1, and quotes would end the name.
  const stem = `${definition.name}-${definition.version}`.replace(/[^A-Za-z0-9._-]+/g, "_");
  if (format !== "project") {
    const type = format === "yaml" ? "application/yaml; charset=utf-8" : "application/json";
    return { name: `${stem}.${format}`, type, body: await written(definition, { format }) };
  }
  const certificates = await trustedBy(httpsOrigins(definition));
  const bytes = await writeZip(
    writeProject(definition, {
      ...project,
      certificates,
      openapi: await written(definition, { format: project.format ?? "yaml", forWso2: true }),
    }),
  );
  return { name: `${stem}.zip`, type: "application/zip", body: new Uint8Array(bytes) };
}
