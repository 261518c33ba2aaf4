"use client";
import { useCallback, useEffect, useRef, useState } from "react";
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

/** The text beside the draft, in step both ways: what is typed is read, what changes elsewhere is written. */
export function useDefinitionText({ initial, present, onRead }: Options) {
  const { read, write } = useReader();
  const [text, setText] = useState(initial);
  const [format, setFormat] = useState<Format>("yaml");
  const [reading, setReading] = useState(false);
  const [problems, setProblems] = useState<Note[]>([]);
  const [warnings, setWarnings] = useState<Note[]>([]);
  /** The draft that the text stands for, and what was written last: typing that back means no change. */
  const shown = useRef(present);
  const written = useRef({ text: initial, definition: present });
  const draft = useRef(present);
  draft.current = present;
  const typed = useRef(initial);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const latest = useRef<Promise<boolean>>(Promise.resolve(true));

  const readNow = useCallback(
    async function readNow(): Promise<boolean> {
      const wanted = typed.current;
      const take = (definition: ApiDefinition) => {
        shown.current = definition;
        onRead(definition);
      };
      setReading(true);
      try {
        if (wanted === written.current.text) {
          take(written.current.definition);
          setProblems([]);
          return true;
        }
        const result = await read(wanted, draft.current);
        // What was typed meanwhile is what counts.
        if (wanted !== typed.current) {
          if (timer.current) clearTimeout(timer.current);
          timer.current = null;
          return readNow();
        }
        setProblems(result.ok ? [] : result.problems);
        setWarnings(result.ok ? result.warnings : []);
        if (!result.ok) return false;
        const { name, context, version } = draft.current;
        take({ ...{ name, context, version }, ...defined(result.definition) });
        return true;
      } catch {
        setProblems(lost);
        return false;
      } finally {
        setReading(false);
      }
    },
    [read, onRead],
  );

  const change = useCallback(
    (next: string) => {
      if (next === typed.current) return;
      typed.current = next;
      setText(next);
      setReading(true);
      if (timer.current) clearTimeout(timer.current);
      timer.current = setTimeout(() => {
        timer.current = null;
        latest.current = readNow();
      }, PAUSE_MS);
    },
    [readNow],
  );

  /** Reads what is still to be read; false when it cannot be. */
  const flush = useCallback((): Promise<boolean> => {
    if (timer.current) {
      clearTimeout(timer.current);
      timer.current = null;
      latest.current = readNow();
    }
    return latest.current;
  }, [readNow]);

  const rewrite = useCallback(
    async (definition: ApiDefinition, as: Format) => {
      shown.current = definition;
      try {
        const next = await write(definition, as);
        written.current = { text: next, definition };
        typed.current = next;
        latest.current = Promise.resolve(true);
        setText(next);
        setProblems([]);
      } catch {
        setProblems(lost);
      }
    },
    [write],
  );

  useEffect(() => {
    if (present === shown.current) return;
    if (sameDefinition(present, shown.current)) shown.current = present;
    else void rewrite(present, format);
  }, [present, format, rewrite]);

  const choose = (next: Format) => {
    setFormat(next);
    void rewrite(present, next);
  };
  const unread = text !== written.current.text && problems.length > 0;
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

/** Without the fields that a text does not name. */
function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}
