"use client";
import { useEffect } from "react";

/** What may hold the focus for something that was in it and is gone. */
const holders = "ol, ul, form, section, [role=region], [role=group], main";

/**
 * The focus is never lost with the element that had it (a removed row, a dialog whose opener is gone, a page that was
 * left): what was around it gets it, so that Tab goes on from there and not from the top of the page.
 */
export function KeepFocus() {
  useEffect(() => {
    let around: Element[] = [];
    const remember = (target: EventTarget | null) => {
      around = [];
      for (let e = target instanceof Element ? target : null; e; e = e.parentElement) around.push(e);
    };
    const onFocus = (event: FocusEvent) => remember(event.target);
    // What took it before the script came.
    if (document.activeElement !== document.body) remember(document.activeElement);
    const observer = new MutationObserver(() => {
      if (around[0]?.isConnected !== false || document.activeElement !== document.body) return;
      const left = around.find((e) => e.isConnected && e.matches(holders)) ?? document.getElementById("main");
      around = [];
      if (!(left instanceof HTMLElement)) return;
      if (!left.hasAttribute("tabindex")) left.tabIndex = -1;
      left.focus({ preventScroll: true });
    });
    document.addEventListener("focusin", onFocus);
    observer.observe(document.body, { childList: true, subtree: true });
    return () => {
      document.removeEventListener("focusin", onFocus);
      observer.disconnect();
    };
  }, []);
  return null;
}
