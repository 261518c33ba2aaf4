"use client";
import Box from "@mui/material/Box";
import { useEffect, useLayoutEffect, useRef, useState } from "react";

const POINTER_DELAY_MS = 100;
/** A long press: a tap is for pressing. */
const TOUCH_DELAY_MS = 700;
const GAP = 8;

interface Hint {
  of: Element;
  text: string;
}

/**
 * Shows what `data-hint` of the control says that has the pointer or the keyboard's focus: one for the whole page,
 * because a list of endpoints has hundreds of such controls; of one with `aria-keyshortcuts` also the keys. It is for
 * the eyes only: what it says is the control's `aria-label` or `aria-description` too. A finger that stays asks, and does
 * not press; a press on what is off tells why. Gone with any key, a press or scrolling. Why it is no tooltip:
 * docs/decisions/011-one-hint.md.
 */
export function Hints() {
  const [hint, setHint] = useState<Hint | null>(null);
  const box = useRef<HTMLElement>(null);

  useEffect(() => watchControls(setHint), []);

  // Below its control and inside the window; above it where there is no room below.
  useLayoutEffect(() => {
    const element = box.current;
    if (!element || !hint) return;
    const { left, width, top, bottom } = hint.of.getBoundingClientRect();
    const { offsetWidth, offsetHeight } = element;
    const { clientWidth, clientHeight } = document.documentElement;
    const x = Math.max(GAP, Math.min(left + width / 2 - offsetWidth / 2, clientWidth - offsetWidth - GAP));
    const below = bottom + GAP;
    const y = below + offsetHeight > clientHeight ? top - GAP - offsetHeight : below;
    element.style.transform = `translate(${x}px, ${y}px)`;
  }, [hint]);

  if (!hint?.text) return null;
  return (
    <Box ref={box} role="tooltip" sx={style}>
      {hint.text}
    </Box>
  );
}

/** Tells which control's hint is to be shown, until the function that it returns is called. */
function watchControls(show: (hint: Hint | null) => void): () => void {
  let timer: ReturnType<typeof setTimeout>;
  /** A finger asked what a control is, and lets go of it now. */
  let asked = false;
  const hide = () => {
    clearTimeout(timer);
    show(null);
  };
  const showFor = (target: EventTarget | null, delayMs: number) => {
    const of = target instanceof Element ? target.closest("[data-hint], [aria-keyshortcuts]") : null;
    clearTimeout(timer);
    if (!of) return show(null);
    timer = setTimeout(() => {
      asked = delayMs === TOUCH_DELAY_MS;
      show({ of, text: textOf(of) });
    }, delayMs);
  };
  const onPointer = (event: PointerEvent) =>
    showFor(event.target, event.pointerType === "touch" ? TOUCH_DELAY_MS : POINTER_DELAY_MS);
  const onFocus = (event: FocusEvent) => {
    if (event.target instanceof Element && event.target.matches(":focus-visible")) showFor(event.target, 0);
  };
  const onDown = (event: PointerEvent) => {
    asked = false;
    if (event.pointerType !== "touch") hide();
  };
  // Before React hears of it.
  const onClick = (event: MouseEvent) => {
    if (asked) {
      asked = false;
      event.preventDefault();
      return event.stopPropagation();
    }
    // Why it does nothing.
    const off = event.target instanceof Element && event.target.closest("[aria-disabled=true][data-hint]");
    if (off) showFor(off, 0);
  };
  const stop = new AbortController();
  const { signal } = stop;
  document.addEventListener("pointerover", onPointer, { signal });
  document.addEventListener("pointerdown", onDown, { signal });
  window.addEventListener("click", onClick, { signal, capture: true });
  document.addEventListener("pointercancel", hide, { signal });
  document.addEventListener("pointerup", hide, { signal });
  document.documentElement.addEventListener("pointerleave", hide, { signal });
  document.addEventListener("focusin", onFocus, { signal });
  document.addEventListener("focusout", hide, { signal });
  document.addEventListener("keydown", hide, { signal });
  window.addEventListener("scroll", hide, { signal, capture: true, passive: true });
  return () => {
    clearTimeout(timer);
    stop.abort();
  };
}

function textOf(control: Element): string {
  const words = control.getAttribute("data-hint") ?? "";
  const keys = keysOf(control.getAttribute("aria-keyshortcuts") ?? "");
  return words && keys ? `${words} (${keys})` : words || keys;
}

/** "Control+Shift+Z" as it stands on the keys of the one who reads it. */
function keysOf(shortcut: string): string {
  if (!/^Mac|^iP/.test(navigator.platform)) return shortcut.replace("Control", "Ctrl");
  return shortcut.replace("Control", "⌘").replace("Shift", "⇧").replaceAll("+", "");
}

const style = {
  position: "fixed",
  top: 0,
  left: 0,
  zIndex: "tooltip",
  maxWidth: "min(320px, calc(100vw - 16px))",
  px: 1,
  py: 0.5,
  borderRadius: 0.5,
  bgcolor: "text.primary",
  color: "background.paper",
  typography: "caption",
  overflowWrap: "anywhere",
  pointerEvents: "none",
};
