"use client";
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { type ApiDefinition, sameDefinition } from "#lib/edit/api";
import type { Note } from "#lib/openapi/openapiReading";
import type { Format } from "./reader.worker";
import { useReader } from "./useReader";

/** How long typing pauses before the text is read, ms. */
const PAUSE_MS = 300;

interface Options {
  /** The draft as an OpenAPI text. */
  initial: string;
  present: ApiDefinition;
  /** A text that could be read: what it makes of the draft. */
  onRead: (definition: ApiDefinition) => void;
}

const lost: Note[] = [
  { line: 1, path: [], message: "The text could not be checked. Is Sluice still running?" },
];

/** How far reading and writing have come; no rendering shows it. */
interface Work {
  /** The draft that the text stands for, and what was written last: typing that back means no change. */
  shown: ApiDefinition;
  written: { text: string; definition: ApiDefinition };
  draft: ApiDefinition;
  typed: string;
  timer: ReturnType<typeof setTimeout> | null;
  /** The reading that goes on; null when none does. */
  underWay: Promise<boolean> | null;
  latest: Promise<boolean>;
}

const begun = (initial: string, present: ApiDefinition): Work => ({
  shown: present,
  written: { text: initial, definition: present },
  draft: present,
  typed: initial,
  timer: null,
  underWay: null,
  latest: Promise.resolve(true),
});

/** The text beside the draft, in step both ways: what is typed is read, what changes elsewhere is written. */
export function useDefinitionText({ initial, present, onRead }: Options) {
  const { read, write } = useReader();
  const [text, setText] = useState(initial);
  const [format, setFormat] = useState<Format>("yaml");
  const work = useRef(begun(initial, present));
  work.current.draft = present;
  const { readNow, reading, setReading, problems, setProblems, warnings } = useReading(work, read, onRead);
  const { type, flush } = useTyping(work, readNow);
  const change = useCallback(
    (next: string) => {
      if (!type(next)) return;
      setText(next);
      setReading(true);
    },
    [type, setReading],
  );

  const rewrite = useCallback(
    async (definition: ApiDefinition, as: Format) => {
      work.current.shown = definition;
      try {
        const next = await write(definition, as);
        work.current.written = { text: next, definition };
        work.current.typed = next;
        work.current.latest = Promise.resolve(true);
        setText(next);
        setProblems([]);
      } catch {
        setProblems(lost);
      }
    },
    [write, setProblems],
  );

  useEffect(() => {
    if (present === work.current.shown) return;
    if (sameDefinition(present, work.current.shown)) work.current.shown = present;
    else void rewrite(present, format);
  }, [present, format, rewrite]);

  const choose = (next: Format) => {
    setFormat(next);
    void rewrite(present, next);
  };
  const unread = text !== work.current.written.text && problems.length > 0;
  return {
    text,
    change,
    flush,
    format,
    choose,
    reading,
    problems,
    warnings,
    unread,
    restore: () => rewrite(present, format),
  };
}

export type DefinitionText = ReturnType<typeof useDefinitionText>;

/** Reads what was typed, one text at a time. */
function useReading(work: RefObject<Work>, read: Read, onRead: Options["onRead"]) {
  const [reading, setReading] = useState(false);
  const [problems, setProblems] = useState<Note[]>([]);
  const [warnings, setWarnings] = useState<Note[]>([]);
  const readOn = useCallback(async (): Promise<boolean> => {
    const { current } = work;
    setReading(true);
    try {
      const result = await readTyped(current, read);
      setProblems(result.ok ? [] : result.problems);
      setWarnings(result.ok ? result.warnings : []);
      if (!result.ok) return false;
      current.shown = result.definition;
      onRead(result.definition);
      return true;
    } catch {
      setProblems(lost);
      return false;
    } finally {
      current.underWay = null;
      setReading(false);
    }
  }, [work, read, onRead]);
  const readNow = useCallback((): Promise<boolean> => {
    // What is under way goes on to what was typed meanwhile: a long text takes seconds, and none is to wait behind it.
    work.current.underWay ??= readOn();
    return work.current.underWay;
  }, [work, readOn]);

  return { readNow, reading, setReading, problems, setProblems, warnings };
}

type Read = ReturnType<typeof useReader>["read"];
type Reading =
  | { ok: true; definition: ApiDefinition; warnings: Note[] }
  | Extract<Awaited<ReturnType<Read>>, { ok: false }>;

/** Reads what is typed, and once more where something was typed meanwhile: that is what counts. */
async function readTyped(work: Work, read: Read): Promise<Reading> {
  for (;;) {
    stopTimer(work);
    const { typed, written, draft } = work;
    if (typed === written.text) return { ok: true, definition: written.definition, warnings: [] };
    const result = await read(typed, draft);
    if (typed !== work.typed) continue;
    if (!result.ok) return result;
    const { name, context, version } = work.draft;
    const definition = { ...{ name, context, version }, ...defined(result.definition) };
    return { ok: true, definition, warnings: result.warnings };
  }
}

/** Reads what is typed when typing pauses, or at once when it is needed. */
function useTyping(work: RefObject<Work>, readNow: () => Promise<boolean>) {
  /** False when it is what was typed already. */
  const type = useCallback(
    (next: string): boolean => {
      if (next === work.current.typed) return false;
      work.current.typed = next;
      stopTimer(work.current);
      work.current.timer = setTimeout(() => {
        work.current.timer = null;
        work.current.latest = readNow();
      }, PAUSE_MS);
      return true;
    },
    [work, readNow],
  );

  /** Reads what is still to be read; false when it cannot be. */
  const flush = useCallback((): Promise<boolean> => {
    if (work.current.timer) {
      stopTimer(work.current);
      work.current.latest = readNow();
    }
    return work.current.latest;
  }, [work, readNow]);

  return { type, flush };
}

function stopTimer(work: Work): void {
  if (work.timer) clearTimeout(work.timer);
  work.timer = null;
}

/** Without the fields that a text does not name. */
function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}
