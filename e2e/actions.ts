import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Answer, send } from "./http";
import { root } from "./processes";

/** Server actions of the built publisher, called as a browser would. */

/** A file that the build has written about itself. */
export const built = (file: string) => JSON.parse(readFileSync(join(root, ".next/server", file), "utf8"));

export interface BuiltAction {
  exportedName: string;
  workers: Record<string, unknown>;
}

export const builtActions = () => Object.entries<BuiltAction>(built("server-reference-manifest.json").node);

/** Calls the action of this id on a page that has it. */
export function callAction(
  url: string,
  path: string,
  cookie: string,
  actionId: string,
  args: unknown[],
): Promise<Answer> {
  return send(url + path, {
    method: "POST",
    headers: {
      cookie,
      origin: url,
      "sec-fetch-site": "same-origin",
      accept: "text/x-component",
      "content-type": "text/plain;charset=UTF-8",
      "next-action": actionId,
    },
    body: JSON.stringify(args),
  });
}

/** What an action answers: the JSON object with `ok` in the stream. */
export async function resultOf(
  url: string,
  path: string,
  cookie: string,
  name: string,
  ...args: unknown[]
): Promise<Record<string, unknown>> {
  const found = builtActions().find(([, { exportedName }]) => exportedName === name);
  if (!found) throw new Error(`There is no action ${name}.`);
  const { text } = await callAction(url, path, cookie, found[0], args);
  const line = text.split("\n").find((one) => /^\w+:\{"ok":/.test(one));
  if (line === undefined) throw new Error(`${name} answered ${text.slice(0, 500)}`);
  return JSON.parse(line.slice(line.indexOf(":") + 1)) as Record<string, unknown>;
}
