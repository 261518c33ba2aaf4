"use client";
import { useEffect, useState } from "react";

/**
 * For a part of the page that may scroll: it is a stop of Tab, so that keys can scroll it, only while there is
 * something to scroll.
 */
export function useScrollStop<T extends HTMLElement = HTMLDivElement>(): {
  ref: (box: T | null) => void;
  tabIndex: 0 | undefined;
} {
  const [box, setBox] = useState<T | null>(null);
  const [scrolls, setScrolls] = useState(false);
  useEffect(() => {
    if (!box) return;
    const measure = () =>
      setScrolls(box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight + 1);
    const sizes = new ResizeObserver(measure);
    sizes.observe(box);
    for (const child of box.children) sizes.observe(child);
    const texts = new MutationObserver(measure);
    texts.observe(box, { childList: true, subtree: true, characterData: true });
    return () => {
      sizes.disconnect();
      texts.disconnect();
    };
  }, [box]);
  return { ref: setBox, tabIndex: scrolls ? 0 : undefined };
}
