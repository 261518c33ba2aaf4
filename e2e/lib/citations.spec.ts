import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "@playwright/test";
import { root } from "../processes";
import { sources } from "../sources";

/** What comments and documents name is there: documents with their sections, files, targets of links. */

const documents = sources(".md");
const all = new Map([
  ...documents,
  ...sources(".ts", ".tsx", ".mjs", ".mts", ".js", ".grit", ".prisma", ".json"),
]);

/** Numbered headings: "## 4. Sessions", "### 4.1 One document". */
const sectionsOf = (text: string) =>
  new Set([...text.matchAll(/^#{2,4} (\d+(?:\.\d+)*)\.? /gm)].map((heading) => heading[1]!));

/** In one line: a citation may go on in the next line of a comment. */
const inOneLine = (text: string) => text.replace(/\s*\n[ \t]*(?:\*(?!\/)|\/\/|#)?[ \t]*/g, " ");

const citation = /(docs\/[\w./-]+\.md)`?(?: section (\d+(?:\.\d+)*))?/g;

test("every document and section that is cited exists", () => {
  const broken: string[] = [];
  let cited = 0;
  for (const [file, text] of all) {
    for (const [, document = "", section] of inOneLine(text).matchAll(citation)) {
      cited++;
      const target = documents.get(document);
      if (target === undefined) broken.push(`${file}: ${document}`);
      else if (section !== undefined && !sectionsOf(target).has(section))
        broken.push(`${file}: ${document} section ${section}`);
    }
  }
  expect(broken).toEqual([]);
  // Else the form of citations has changed and this test has to follow.
  expect(cited).toBeGreaterThan(50);
});

test("every section that a document names of its own exists", () => {
  const broken: string[] = [];
  for (const [file, text] of documents) {
    const own = sectionsOf(text);
    const named = inOneLine(text).matchAll(/(\S+) \(?section (\d+(?:\.\d+)*)/g);
    for (const [, before = "", section = ""] of named) {
      const isElsewhere = /\.md`?$|^\d{4}$/.test(before);
      if (!isElsewhere && !own.has(section)) broken.push(`${file}: section ${section}`);
    }
  }
  expect(broken).toEqual([]);
});

test("nobody cites what is not in this repository", () => {
  const outside = [...all].flatMap(([file, text]) => {
    const found = /DESIGN\.md|\bspec\/[a-z]|\bspec section/.exec(text)?.[0];
    return found ? [`${file}: ${found}`] : [];
  });
  expect(outside).toEqual([]);
});

test("every relative link of a document leads to a file", () => {
  const broken: string[] = [];
  let links = 0;
  for (const [file, text] of documents) {
    for (const [, target = ""] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^(?:[a-z]+:|#)/.test(target)) continue;
      links++;
      if (!existsSync(join(root, dirname(file), target.split("#")[0]!))) broken.push(`${file}: ${target}`);
    }
  }
  expect(broken).toEqual([]);
  expect(links).toBeGreaterThan(20);
});

const folders = "app|bin|cli|components|docs|e2e|gateway|lib|prisma|publisher|tools";
const path = new RegExp(`(?<![\\w./@-])(?:${folders})/(?:[\\w./-]|\\[\\w+\\])*`, "g");

test("every file and folder that a document names exists", () => {
  const broken: string[] = [];
  let named = 0;
  for (const [file, text] of documents) {
    for (const [name] of text.matchAll(path)) {
      // "app/api/v1/.../route.ts" stands for many.
      if (name.includes("...")) continue;
      named++;
      if (!existsSync(join(root, name.replace(/\.$/, "")))) broken.push(`${file}: ${name}`);
    }
  }
  expect(broken).toEqual([]);
  expect(named).toBeGreaterThan(100);
});

test("what CONTRIBUTING tells to look for is where it says", () => {
  const [, guide = ""] = (documents.get("CONTRIBUTING.md") ?? "").split("## 2. Where does it go?");
  const missing: string[] = [];
  let named = 0;
  // An item of a list, or a paragraph, names files and what is in them.
  for (const item of guide.replace(/```[\s\S]*?```/g, "").split(/\n(?=\s*(?:\d+\.|-) )|\n\n/)) {
    const places = [...item.matchAll(path)].map(([place]) => place.replace(/\.$/, ""));
    const texts = [...all].flatMap(([file, text]) => (places.some((p) => file.startsWith(p)) ? [text] : []));
    for (const [, name = ""] of item.matchAll(/`([A-Za-z][\w.]*)(?:\(\))?`/g)) {
      for (const part of name.split(".")) {
        named++;
        if (!texts.some((text) => new RegExp(`\\b${part}\\b`).test(text)))
          missing.push(`${name} in ${places}`);
      }
    }
  }
  expect(missing).toEqual([]);
  expect(named).toBeGreaterThan(40);
});
