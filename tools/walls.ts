/**
 * Who may import whom: what breaks the table of wallTable.ts. `e2e/lib/walls.spec.ts` holds the tree to it. Imports of types
 * count too: who names another's type knows it, and has to change with it.
 */
import { circles } from "./importCircles";
import { SOURCE, type Tree } from "./sourceTree";
import { type Room, table } from "./wallTable";

/** What Next and processes call theirs, or lists of what is beside them. */
const COMMON_NAMES = new Set(["page", "layout", "route", "actions", "error", "index", "main", "config"]);
const ALIASES: Readonly<Record<string, string>> = { lib: ".ts", prisma: ".ts", components: ".tsx" };
/** Everything in the tree that breaks a rule of this file, each in one sentence. */
export function findings(tree: Tree): string[] {
  const graph = new Map<string, string[]>();
  const found: string[] = [];
  for (const [file, text] of tree) {
    const targets: string[] = [];
    for (const specifier of specifiers(text)) {
      const target = resolved(specifier, file, tree);
      if (target !== null && tree.has(target)) targets.push(target);
      const problem = importProblem(file, specifier, target);
      if (problem) found.push(`${file} imports "${specifier}": ${problem}`);
    }
    graph.set(file, targets);
  }
  return [...found, ...circles(graph), ...sharedNames(tree)];
}

const IMPORTS = [
  /^(?:import|export)\s[^"';]*?\bfrom\s+"([^"]+)"/gm,
  /^import\s+"([^"]+)"/gm,
  /\bimport\(\s*"([^"]+)"\s*[,)]/g,
  /\bnew URL\(\s*"(\.[^"]+)",\s*import\.meta\.url\s*\)/g,
];

/** What a file imports, in the form that our formatter gives imports. */
function specifiers(text: string): string[] {
  return IMPORTS.flatMap((form) => [...text.matchAll(form)].map(([, specifier]) => specifier!));
}

/** The file of our own that is meant; null for a package. */
function resolved(specifier: string, from: string, tree: Tree): string | null {
  let path: string;
  if (specifier.startsWith("#")) path = specifier.slice(1);
  else if (specifier.startsWith("."))
    path = normalized([...from.split("/").slice(0, -1), ...specifier.split("/")]);
  else return null;
  return ["", ".ts", ".tsx", ".mts"].map((ending) => path + ending).find((name) => tree.has(name)) ?? path;
}

function normalized(parts: readonly string[]): string {
  const kept: string[] = [];
  for (const part of parts) {
    if (part === "..") kept.pop();
    else if (part !== ".") kept.push(part);
  }
  return kept.join("/");
}

function importProblem(file: string, specifier: string, target: string | null): string | undefined {
  const own = roomOf(file);
  if (target === null) {
    const name = packageOf(specifier);
    return own.packages.includes(name) ? undefined : `${name} is none of its packages. ${own.why}`;
  }
  // Not source: a package.json, a lockfile, a file that a test reads.
  if (/\.(json|grit|db)$/.test(target)) return undefined;
  const other = target.startsWith("build/") ? "build" : roomOf(target).room;
  const inside = folderOf(other) === folderOf(own.room);
  if (!inside && !own.rooms.includes(other))
    return `${other || "the root"} is not for ${own.room || "the root"}. ${own.why}`;
  return aliasProblem(file, specifier, target);
}

function aliasProblem(file: string, specifier: string, target: string): string | undefined {
  const [top = ""] = target.split("/");
  if (specifier.startsWith("#") || file.startsWith(`${top}/`)) return undefined;
  const ending = ALIASES[top];
  if (ending === undefined || !target.endsWith(ending)) return undefined;
  return `another folder is imported by its alias (#${top}/...), so that files can move.`;
}

function roomOf(path: string): Room {
  const fits = table.filter(({ room }) => room === "" || path === room || path.startsWith(`${room}/`));
  return fits.reduce((longest, one) => (one.room.length > longest.room.length ? one : longest));
}

/** A file that is a room of its own is still at home in its folder's. */
function folderOf(room: string): string {
  if (!SOURCE.test(room)) return room;
  const folders = table
    .map((one) => one.room)
    .filter((one) => !SOURCE.test(one) && room.startsWith(`${one}/`));
  return folders.reduce((longest, one) => (one.length > longest.length ? one : longest), "");
}

function packageOf(specifier: string): string {
  if (specifier.startsWith("node:")) return "node";
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

/** Two files of one name send whoever looks for one to the other. Tests are named after what they test. */
function sharedNames(tree: Tree): string[] {
  const byName = new Map<string, string[]>();
  for (const path of tree.keys()) {
    if (path.startsWith("e2e/") || path.endsWith(".d.mts")) continue;
    const name = path.slice(path.lastIndexOf("/") + 1).replace(SOURCE, "");
    if (!COMMON_NAMES.has(name)) byName.set(name, [...(byName.get(name) ?? []), path]);
  }
  return [...byName.values()]
    .filter((paths) => paths.length > 1)
    .map((paths) => `Two files have one name; let each say what it is: ${paths.sort().join(", ")}`);
}
