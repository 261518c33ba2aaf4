import { parseJson } from "#lib/node/body";
import { listOf, objectOf, textOf } from "#lib/wso2/values";
import type { Reading } from "../projects/readSource";

/** WSO2's number for a definition that cannot be read. */
const UNREADABLE = "900754";

/** What a reading of a definition found, in the form of WSO2's check. `content` is answered as it is. */
export function validationOf(reading: Reading, content: string | null) {
  if (!reading.ok) {
    const errors = reading.problems.map(({ place, message }) => ({
      ...{ code: UNREADABLE, message: place === "" ? message : place, description: message },
    }));
    return { isValid: false, content, info: null, errors };
  }
  const {
    name = "",
    version = "",
    context = "",
    description,
    resources,
    openapi,
    endpoints,
  } = reading.definition;
  const operations = listOf(resources).map((item) => {
    const { path, method } = objectOf(item) ?? {};
    return { target: textOf(path), verb: textOf(method) };
  });
  const info = {
    ...{ name, version, context, description: textOf(description) },
    openAPIVersion: versionOf(textOf(openapi)),
    endpoints: urlsOf(endpoints),
    operations,
  };
  return { isValid: true, content, info, errors: [] };
}

/** "3.0.1", from whatever syntax. Within one line: over many blank ones, each of them would be a beginning. */
function versionOf(text: string): string {
  const said = objectOf(parseJson(text));
  if (said) return textOf(said.openapi ?? said.swagger);
  return /^[ \t]*["']?(?:openapi|swagger)["']?[ \t]*:[ \t]*["']?([\d.]+)/m.exec(text)?.[1] ?? "";
}

function urlsOf(endpoints: unknown): string[] {
  const production = objectOf(objectOf(endpoints)?.production);
  return listOf(production?.endpoints).map((item) => textOf(objectOf(item)?.url));
}
