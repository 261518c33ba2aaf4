"use client";
import { useEffect, useState } from "react";

type Field = HTMLInputElement | HTMLTextAreaElement;

/**
 * What is typed while the script is still on its way would be wiped when React takes the page over, so on a slow line
 * a name and a password are typed twice. Taken down before, it is typed again after.
 */
export function KeepTyped() {
  const [typed] = useState(typedSoFar);
  useEffect(() => {
    // Each in a task of its own, as keys come: a form may build its next state on what it showed last.
    const timers = typed.map(([field, text]) =>
      setTimeout(() => {
        type(field, text);
        // The event may be what made React take over this part of the page.
        if (field.value !== text) type(field, text);
      }),
    );
    return () => timers.forEach(clearTimeout);
  }, [typed]);
  return null;
}

/** Read while this is rendered for the first time, which is before anything of the page is touched. */
function typedSoFar(): [Field, string][] {
  if (typeof document === "undefined") return [];
  const fields = document.querySelectorAll<Field>(
    "input:not([type=checkbox], [type=radio], [type=file]), textarea",
  );
  return [...fields].flatMap((f): [Field, string][] => (f.value === f.defaultValue ? [] : [[f, f.value]]));
}

/** As a person does it: by the setter of the element and not by React's, which would take it for known. */
function type(field: Field, text: string): void {
  const prototype = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
  Object.getOwnPropertyDescriptor(prototype.prototype, "value")?.set?.call(field, text);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
