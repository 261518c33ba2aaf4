"use client";
import { useRouter } from "next/navigation";
import { useCallback, useEffect, useRef, useState } from "react";
import { LeaveEvent } from "../shared/leaving";

type Leaving = { kind: "link"; href: string } | { kind: "back" } | { kind: "other"; go: () => void };

const here = () => window.location.pathname;

/**
 * Asks before unsaved work is left by a link, by Back, by signing out or by closing. For Back, a second history entry of
 * the same page (the guard) takes the step: arriving on the first one is the question. Once all is saved
 * that arrival just goes on, so that Back stays one step.
 */
export function useLeaveGuard(dirty: boolean) {
  const router = useRouter();
  const [leaving, setLeaving] = useState<Leaving | null>(null);
  const isDirty = useRef(dirty);
  const letGo = useRef(false);
  const onGuard = useRef(false);
  const page = useRef("");
  const pageState = useRef<unknown>(null);
  isDirty.current = dirty && !letGo.current;

  useEffect(() => {
    page.current = here();
    onGuard.current = Boolean(window.history.state?.sluiceGuard);
  }, []);

  const pushGuard = useCallback(() => {
    onGuard.current = true;
    if (here() === page.current) pageState.current = { ...window.history.state, sluiceGuard: true };
    window.history.pushState(pageState.current, "", page.current);
  }, []);

  useEffect(() => {
    if (dirty && !onGuard.current) pushGuard();
  }, [dirty, pushGuard]);

  useEffect(() => {
    const onUnload = (event: BeforeUnloadEvent) => {
      if (isDirty.current) event.preventDefault();
    };
    const onPop = (event: PopStateEvent) => {
      const samePage = here() === page.current;
      const fromGuard = onGuard.current;
      onGuard.current = samePage && Boolean(event.state?.sluiceGuard);
      if (onGuard.current || !(isDirty.current || (samePage && fromGuard))) return;
      event.stopImmediatePropagation();
      if (isDirty.current) setLeaving({ kind: "back" });
      else window.history.back();
    };
    const onClick = (event: MouseEvent) => {
      if (!isDirty.current || event.defaultPrevented || event.button !== 0) return;
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
      if (!(link instanceof HTMLAnchorElement) || (link.target && link.target !== "_self")) return;
      const url = new URL(link.href, window.location.href);
      // Other sites end in beforeunload; an anchor on this page leaves nothing.
      if (url.origin !== window.location.origin || url.pathname === here()) return;
      // Enough for a link of Next's; the menu it may be in still closes.
      event.preventDefault();
      const href = url.pathname + url.search + url.hash;
      // When the menu it may be in has closed and given the focus back.
      setTimeout(() => setLeaving({ kind: "link", href }));
    };
    const onLeave = (event: Event) => {
      if (!isDirty.current || !(event instanceof LeaveEvent)) return;
      event.preventDefault();
      setLeaving({ kind: "other", go: event.go });
    };
    window.addEventListener("beforeunload", onUnload);
    window.addEventListener("popstate", onPop, { capture: true });
    window.addEventListener("click", onClick, { capture: true });
    window.addEventListener("sluice:leave", onLeave);
    return () => {
      window.removeEventListener("sluice:leave", onLeave);
      window.removeEventListener("beforeunload", onUnload);
      window.removeEventListener("popstate", onPop, { capture: true });
      window.removeEventListener("click", onClick, { capture: true });
    };
  }, []);

  const stay = useCallback(() => {
    setLeaving(null);
    if (!onGuard.current) pushGuard();
  }, [pushGuard]);

  const leave = useCallback(() => {
    if (!leaving) return;
    setLeaving(null);
    letGo.current = true;
    isDirty.current = false;
    if (leaving.kind === "link") return router.replace(leaving.href);
    if (leaving.kind === "other") return leaving.go();
    if (here() === page.current) return window.history.back();
    // Back went over several pages at once: the router has yet to hear of it.
    window.dispatchEvent(new PopStateEvent("popstate", { state: window.history.state }));
  }, [leaving, router]);

  return { leaving: leaving !== null, byBack: leaving?.kind === "back", stay, leave };
}
