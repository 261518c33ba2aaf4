"use client";
import { useEffect, useState } from "react";

type Field = HTMLInputElement | HTMLTextAreaElement;
/** What somebody typed into a field, and where in it they are. */
type Typed = { text: string; at: readonly [start: number | null, end: number | null] };

/**
 * What is typed while the script is still on its way would be wiped when React takes the page over, so on a slow line
 * a name and a password are typed twice. Taken down before, it is typed again after. Who is in a field stays where
 * they are in it.
 */
export function KeepTyped() {
  const [early] = useState(watch);
  useEffect(() => {
    if (!early) return;
    // Each in a task of its own, as keys come: a form may build its next state on what it showed last.
    const timers = early.fields().map((field, i, { length }) =>
      setTimeout(() => {
        if (i === length - 1) early.stop();
        const typed = early.typed.get(field);
        if (typed) typeAgain(field, typed);
      }),
    );
    if (timers.length === 0) early.stop();
    return () => timers.forEach(clearTimeout);
  }, [early]);
  return null;
}

let watching: ReturnType<typeof startWatching> | undefined;

/**
 * Begins while this is rendered for the first time, which is before anything of the page is touched. React may begin
 * that once more, and then it is not.
 */
function watch() {
  if (typeof document === "undefined") return null;
  watching ??= startWatching();
  return watching;
}

function startWatching() {
  const typed = new Map<Field, Typed>();
  const take = (field: Field) =>
    typed.set(field, { text: field.value, at: [field.selectionStart, field.selectionEnd] });
  for (const field of document.querySelectorAll<Field>(texts)) {
    if (field.value !== field.defaultValue) take(field);
    // React sets what a field begins with to what it is already. One that was not touched would take that for a new
    // text and put the caret before it.
    else setValue(field, field.value);
  }
  // React comes in slices, between which keys are pressed.
  const onInput = ({ target }: Event) => {
    if (target instanceof Element && target.matches(texts)) take(target as Field);
  };
  window.addEventListener("input", onInput, { capture: true });
  const stop = () => window.removeEventListener("input", onInput, { capture: true });
  return { typed, fields: () => [...typed.keys()], stop };
}

const texts = "input:not([type=checkbox], [type=radio], [type=file]), textarea";

function typeAgain(field: Field, { text, at }: Typed): void {
  type(field, text);
  // The event may be what made React take over this part of the page, and then it was not heard.
  type(field, text);
  if (document.activeElement === field && at[0] !== null) field.setSelectionRange(...at);
}

/**
 * As a person does it: by the setter of the element. React's own comes first with another text, because it hears
 * of nothing that it takes for known, and it knows what was in the field when it took over.
 */
function type(field: Field, text: string): void {
  field.value = text === "" ? " " : "";
  setValue(field, text);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function setValue(field: Field, text: string): void {
  const prototype = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
  Object.getOwnPropertyDescriptor(prototype.prototype, "value")?.set?.call(field, text);
}
