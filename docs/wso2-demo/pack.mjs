/**
 * `node pack.mjs <project folder> <ZIP file> [<settings of an environment>]`: what `apictl import api` uploads. With
 * settings, the project lies in it as SourceArchive.zip, as `--params` sends it.
 */
import { createWriteStream, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { ZipFile } from "yazl";

const [folder, target, settings] = process.argv.slice(2);
const project = new Map(
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => [file.slice(folder.length).replace(/^\//, ""), readFileSync(file)]),
);

function zipOf(root, files) {
  const zip = new ZipFile();
  for (const [path, content] of files) zip.addBuffer(content, `${root}/${path}`);
  zip.end();
  return zip.outputStream;
}

const files = settings
  ? new Map([
      ["SourceArchive.zip", await buffer(zipOf("SourceArchive", project))],
      ["intermediate_params.yaml", readFileSync(settings)],
    ])
  : project;
zipOf(basename(folder), files).pipe(createWriteStream(target));
