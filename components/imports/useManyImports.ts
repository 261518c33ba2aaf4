"use client";
import { useEffect, useRef, useState } from "react";
import { clashOf } from "#lib/edit/clashes";
import { useAnnounce } from "../shared/Announcer";
import { changedWords, readChosen } from "../shared/chosenFile";
import {
  contextFor,
  create,
  type Handed,
  type Names,
  type Refused,
  type Remark,
  type Understood,
  understand,
} from "./preview";

/** Several files at once, and what goes with each of them. Another object with each change. */
export interface Several {
  files: readonly File[];
  params?: File | null;
  environment?: string;
}

export interface ImportItem {
  file: File;
  state: "reading" | "ready" | "wrong" | "importing" | "created" | "refused";
  /** Its names are those that it is imported under. */
  understood: (Understood & Names) | null;
  problems: Remark[];
  /** Of the API that was made. */
  id: string | null;
}

/** How long somebody types before files are read anew, ms. */
const SETTLES_MS = 300;

/** A file with what goes with it, or why it cannot be read. */
export async function handedOf(
  file: File,
  { params = null, environment = "" }: Omit<Several, "files">,
): Promise<Handed | Refused> {
  const refuse = (message: string): Refused => ({ ok: false, problems: [{ place: "", message }] });
  const content = await readChosen(file);
  if (!content) return refuse(changedWords(file));
  const chosenParams = params && (await readChosen(params));
  if (params && !chosenParams) return refuse(changedWords(params));
  return {
    file: content,
    name: file.name,
    ...(chosenParams && { params: await chosenParams.text() }),
    ...(environment.trim() && { environment: environment.trim() }),
  };
}

/** Reads each as soon as it is chosen, and makes an API of each that can be, one after the other. */
export function useManyImports(several: Several | null) {
  const announce = useAnnounce();
  const [items, setItems] = useState<ImportItem[]>([]);
  const [running, setRunning] = useState(false);
  const gone = useRef(false);
  const change = (i: number, next: Partial<ImportItem>) =>
    setItems((before) => before.map((item, at) => (at === i ? { ...item, ...next } : item)));

  useEffect(() => {
    gone.current = false;
    return () => {
      gone.current = true;
    };
  }, []);
  useEffect(() => {
    setItems(several?.files.map(begun) ?? []);
    if (!several) return;
    const reading = new AbortController();
    const timer = setTimeout(async () => {
      const read: ImportItem[] = [];
      for (const [i, file] of several.files.entries()) {
        const item = { ...begun(file), ...(await readOne(file, several, read)) };
        if (reading.signal.aborted) return;
        read.push(item);
        setItems((before) => before.map((one, at) => (at === i ? item : one)));
      }
      const ready = read.filter(({ state }) => state === "ready").length;
      announce(`${read.length} files were read: ${ready} can be imported, ${read.length - ready} cannot`);
    }, SETTLES_MS);
    return () => {
      clearTimeout(timer);
      reading.abort();
    };
  }, [several, announce]);

  const ready = items.flatMap((item, i) => (item.state === "ready" ? [{ item, i }] : []));
  const importAll = async () => {
    if (!several || running) return;
    setRunning(true);
    for (const [turn, { item, i }] of ready.entries()) {
      if (gone.current) return;
      change(i, { state: "importing" });
      const result = await importOne(item, several);
      change(i, result);
      const words = result.state === "created" ? "created" : "not created";
      announce(`${item.understood?.name ?? item.file.name}: ${words}, ${turn + 1} of ${ready.length}`);
    }
    setRunning(false);
  };
  return { items, running, ready: ready.length, importAll };
}

export type ManyImports = ReturnType<typeof useManyImports>;

const begun = (file: File): ImportItem => ({
  file,
  state: "reading",
  understood: null,
  problems: [],
  id: null,
});

type Result = Pick<ImportItem, "state"> & Partial<ImportItem>;

const wrong = (problems: Remark[]): Result => ({ state: "wrong", problems });
const wrongFor = (message: string) => wrong([{ place: "", message }]);

/** What a file would make beside what is there, and beside those before it. */
async function readOne(file: File, several: Several, before: readonly ImportItem[]): Promise<Result> {
  const handed = await handedOf(file, several);
  if ("problems" in handed) return wrong(handed.problems);
  const first = await understand(handed);
  if (!first.ok) return wrong(first.problems);
  // Most definitions say nothing of a context: it gets the one that the page proposes for a single one.
  const context = first.context || contextFor(first.name);
  const again = context === first.context ? first : await understand(handed, { context });
  if (!again.ok) return wrong(again.problems);
  const understood = { ...again, context };
  const { outcome } = again;
  if (outcome?.ok === false) {
    const problems =
      outcome.taken === "name"
        ? [{ place: "", message: `There is already an API ${again.name} ${again.version}.` }]
        : outcome.problems;
    return { ...wrong(problems), understood };
  }
  const ready = before.flatMap((item) =>
    item.state === "ready" && item.understood ? [{ ...item.understood, file: item.file }] : [],
  );
  const clash = clashOf(understood, ready);
  if (!clash) return { state: "ready", understood };
  const { file: other } = clash.other;
  const words =
    clash.taken === "name"
      ? `${other.name} is the same API.`
      : `${other.name} has the same path at the gateway.`;
  return { ...wrongFor(words), understood };
}

async function importOne({ file, understood }: ImportItem, several: Several): Promise<Result> {
  const handed = await handedOf(file, several);
  if ("problems" in handed) return { state: "refused", problems: handed.problems };
  if (!understood) return { state: "refused" };
  const { name, version, context } = understood;
  const made = await create(handed, { name, version, context });
  return made.ok ? { state: "created", id: made.id } : { state: "refused", problems: made.problems };
}
