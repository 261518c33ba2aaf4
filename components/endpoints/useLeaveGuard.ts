"use client";
import { useRouter } from "next/navigation";
import { useCallback, useEffect, useRef, useState } from "react";

type Leaving = { kind: "link"; href: string } | { kind: "back" };

const onGuardEntry = () => Boolean(window.history.state?.sluiceGuard);

/**
 * Asks before unsaved work is left by a link, by Back or by closing. For Back, a second history entry of
 * the same page takes the step: arriving on the first one is the question, and its answer goes on or returns.
 */
export function useLeaveGuard(dirty: boolean) {
  const router = useRouter();
  const [leaving, setLeaving] = useState<Leaving | null>(null);
  const isDirty = useRef(dirty);
  const letGo = useRef(false);
  const swallow = useRef<(() => void) | null>(null);
  isDirty.current = dirty && !letGo.current;

  const dropGuardEntry = useCallback(() => {
    if (!onGuardEntry()) return Promise.resolve();
    return new Promise<void>((done) => {
      swallow.current = done;
      window.history.back();
    });
  }, []);

  useEffect(() => {
    if (dirty && !onGuardEntry()) window.history.pushState({ sluiceGuard: true }, "");
    if (!dirty) void dropGuardEntry();
  }, [dirty, dropGuardEntry]);

  useEffect(() => {
    const onUnload = (event: BeforeUnloadEvent) => {
      if (isDirty.current) event.preventDefault();
    };
    const onPop = (event: PopStateEvent) => {
      if (swallow.current) {
        event.stopImmediatePropagation();
        swallow.current();
        swallow.current = null;
      } else if (isDirty.current && !event.state?.sluiceGuard) {
        event.stopImmediatePropagation();
        setLeaving({ kind: "back" });
      }
    };
    const onClick = (event: MouseEvent) => {
      if (!isDirty.current || event.defaultPrevented || event.button !== 0) return;
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
      if (!(link instanceof HTMLAnchorElement) || (link.target && link.target !== "_self")) return;
      const url = new URL(link.href, window.location.href);
      // Other sites end in beforeunload; an anchor on this page leaves nothing.
      if (url.origin !== window.location.origin || url.pathname === window.location.pathname) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      setLeaving({ kind: "link", href: url.pathname + url.search + url.hash });
    };
    window.addEventListener("beforeunload", onUnload);
    window.addEventListener("popstate", onPop, { capture: true });
    window.addEventListener("click", onClick, { capture: true });
    return () => {
      window.removeEventListener("beforeunload", onUnload);
      window.removeEventListener("popstate", onPop, { capture: true });
      window.removeEventListener("click", onClick, { capture: true });
    };
  }, []);

  const stay = useCallback(() => {
    setLeaving(null);
    if (isDirty.current && !onGuardEntry()) window.history.pushState({ sluiceGuard: true }, "");
  }, []);

  const leave = useCallback(async () => {
    if (!leaving) return;
    setLeaving(null);
    letGo.current = true;
    isDirty.current = false;
    if (leaving.kind === "back") return window.history.back();
    await dropGuardEntry();
    router.push(leaving.href);
  }, [leaving, dropGuardEntry, router]);

  return { leaving: leaving !== null, stay, leave };
}
