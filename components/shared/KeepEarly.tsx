"use client";
import { useEffect, useState } from "react";
import { releasePresses } from "./earlyPresses";

type Field = HTMLInputElement | HTMLTextAreaElement;

/**
 * What is typed, ticked or chosen while the script is still on its way would be wiped when React takes the page over,
 * so on a slow line a name and a password are typed twice. Taken down before, it is done again after. Who is in a
 * field stays where they are in it. Why it is here, and until when: docs/decisions/016-keep-early.md.
 */
export function KeepEarly() {
  const [early] = useState(watch);
  useEffect(() => {
    if (!early) return;
    // Each in a task of its own, as keys come: a form may build its next state on what it showed last.
    const timers = [...early.again.keys()].map((field) =>
      setTimeout(() => {
        early.again.get(field)?.();
        early.again.delete(field);
      }),
    );
    timers.push(setTimeout(early.stop));
    // What is sent is what was typed before.
    timers.push(setTimeout(releasePresses));
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
  const again = new Map<Field, () => void>();
  for (const field of document.querySelectorAll<Field>("input, textarea")) {
    if (isTouched(field)) again.set(field, redo(field));
    // React sets what a field begins with to what it is already. One that was not touched would take that for a new
    // text and put the caret before it.
    else if (!isBox(field) && field.type !== "file") setValue(field, field.value);
  }
  // React comes in slices, between which keys are pressed.
  const onInput = ({ target }: Event) => {
    if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement)
      again.set(target, redo(target));
  };
  window.addEventListener("input", onInput, { capture: true });
  const stop = () => window.removeEventListener("input", onInput, { capture: true });
  return { again, stop };
}

const isBox = (field: Field): field is HTMLInputElement =>
  field.type === "checkbox" || field.type === "radio";

function isTouched(field: Field): boolean {
  // Of several radio buttons the one that was chosen says it all.
  if (isBox(field))
    return field.checked !== field.defaultChecked && (field.checked || field.type !== "radio");
  return field.value !== field.defaultValue;
}

/** Does once more what was done to the field so far, so that React hears of it. */
function redo(field: Field): () => void {
  if (field.type === "file") return () => field.dispatchEvent(new Event("change", { bubbles: true }));
  if (isBox(field)) {
    const { checked } = field;
    return () => twice(() => tick(field, checked));
  }
  const { value, selectionStart, selectionEnd } = field;
  return () => {
    twice(() => type(field, value));
    if (document.activeElement === field && selectionStart !== null)
      field.setSelectionRange(selectionStart, selectionEnd);
  };
}

/** The first event may be what makes React take over this part of the page, and then it is not heard. */
function twice(act: () => void): void {
  act();
  act();
}

// As a person does it. React's own setter comes first and says the opposite: it hears of nothing that it takes for
// known, and what was in the field when it took over is known to it.

function tick(box: HTMLInputElement, checked: boolean): void {
  box.checked = !checked;
  box.click();
}

function type(field: Field, text: string): void {
  field.value = text === "" ? " " : "";
  setValue(field, text);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Past the setter that React puts on the element. */
function setValue(field: Field, text: string): void {
  const prototype = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
  Object.getOwnPropertyDescriptor(prototype.prototype, "value")?.set?.call(field, text);
}
