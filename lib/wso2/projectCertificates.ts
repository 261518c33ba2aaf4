import { fileText, type ProjectFiles, readYaml } from "./files";
import type { Note } from "./projectNotes";
import { listOf, objectOf, textOf } from "./values";

/** `Endpoint-certificates/`: what a project trusts its backends by. */

export interface ProjectCertificate {
  alias: string;
  /** The endpoint's URL, or ""; then it is for every https endpoint of the API. */
  endpoint: string;
  /** PEM text. */
  pem: string;
}

const folders = ["Endpoint-certificates/", "Meta-information/"];
const lists = folders.flatMap((folder) =>
  ["yaml", "yml", "json"].map((ending) => `${folder}endpoint_certificates.${ending}`),
);

export function readCertificates(
  files: ProjectFiles,
  fromParams: readonly { endpoint: string; alias: string; path: string }[],
): { certificates: ProjectCertificate[]; problems: Note[] } {
  const certificates: ProjectCertificate[] = [];
  const problems: Note[] = [];
  const used = new Set<string>();
  const byName = (name: string) =>
    [...files].find(([path]) => path === name || path.endsWith(`/${name.replace(/^.*\//, "")}`));
  const add = (file: string, place: string, { alias, endpoint, certificate }: Record<string, string>) => {
    const found = certificate && !isPem(certificate) ? byName(certificate) : undefined;
    if (found) used.add(found[0]);
    const pem = found ? (fileText(found[1]) ?? base64(found[1])) : certificate;
    if (!pem || (!isPem(pem) && !found)) {
      problems.push({
        file,
        place,
        message: `The certificate file ${certificate || "(no name)"} is not in the project.`,
      });
    } else certificates.push({ alias: alias || certificate || "certificate", endpoint: endpoint ?? "", pem });
  };
  for (const file of lists) {
    const content = files.get(file);
    if (content === undefined) continue;
    const read = readYaml(file, fileText(content) ?? "", { list: true });
    if ("problems" in read) {
      problems.push(...read.problems);
      continue;
    }
    listOf(read.source.value.data).forEach((item, i) => {
      const entry = objectOf(item) ?? {};
      const endpoint = textOf(entry.endpoint ?? entry.hostName);
      add(file, `data[${i}].certificate`, {
        alias: textOf(entry.alias),
        endpoint,
        certificate: textOf(entry.certificate),
      });
    });
  }
  for (const { endpoint, alias, path } of fromParams)
    add("parameters", "certs", { alias, endpoint, certificate: path });
  // Choreo Connect trusts whatever lies in the folder, listed or not.
  for (const [path, content] of files) {
    if (used.has(path) || !path.startsWith(folders[0]!) || !/\.(crt|pem|cer)$/i.test(path)) continue;
    const alias = path.replace(/^.*\//, "").replace(/\.[a-z]+$/i, "");
    certificates.push({ alias, endpoint: "", pem: fileText(content) ?? base64(content) });
  }
  return { certificates, problems };
}

const isPem = (text: string) => text.includes("-----BEGIN CERTIFICATE-----");

/** A DER file in the form that the certificate store takes. */
function base64(content: string | Uint8Array): string {
  return typeof content === "string"
    ? content
    : btoa(Array.from(content, (b) => String.fromCharCode(b)).join(""));
}
