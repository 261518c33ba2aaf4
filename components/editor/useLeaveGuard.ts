"use client";
import { useRouter } from "next/navigation";
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { LeaveEvent } from "../shared/leaving";
import { GuardEntry } from "./guardEntry";

type Leaving = { kind: "link"; href: string } | { kind: "back" } | { kind: "other"; go: () => void };

interface Unsaved {
  /** Whether there is work that would be lost. */
  dirty: boolean;
  /** That work: another value with each edit. Who leaves it gives up this one, and is asked again for the next. */
  work: unknown;
  /** Takes a step back inside of the page, instead of the question; false where there is none and nothing to lose. */
  onBack?: () => boolean;
}

/** Asks before unsaved work is left by a link, by Back, by signing out or by closing. */
export function useLeaveGuard({ dirty, work, onBack }: Unsaved) {
  const router = useRouter();
  const [leaving, setLeaving] = useState<Leaving | null>(null);
  const entry = useRef<GuardEntry>(null);
  const givenUp = useRef<unknown>(nothing);
  const isDirty = dirty && givenUp.current !== work;
  const latest = useRef({ isDirty, work, onBack });
  latest.current = { isDirty, work, onBack };

  useEffect(() => {
    entry.current ??= new GuardEntry();
    if (isDirty) entry.current.enter();
    // Who is on the way out stands where that began.
    else if (!dirty) entry.current.leave();
  }, [dirty, isDirty]);

  useEffect(
    () => watchWaysOut({ entry, latest, givenUp, ask: setLeaving, push: (href) => router.push(href) }),
    [router],
  );

  const stay = useCallback(() => {
    setLeaving(null);
    entry.current?.enter();
  }, []);

  const leave = useCallback(() => {
    if (!leaving) return;
    setLeaving(null);
    givenUp.current = latest.current.work;
    latest.current.isDirty = false;
    if (leaving.kind === "link") router.replace(leaving.href);
    else if (leaving.kind === "other") leaving.go();
    else entry.current?.goBack(() => router.replace("/apis"));
  }, [leaving, router]);

  return { leaving: leaving !== null, stay, leave };
}

const nothing = Symbol("nothing given up");

interface Watched {
  entry: RefObject<GuardEntry | null>;
  latest: RefObject<{ isDirty: boolean; work: unknown; onBack: (() => boolean) | undefined }>;
  givenUp: RefObject<unknown>;
  ask: (leaving: Leaving | null) => void;
  push: (href: string) => void;
}

/** Hears of every way out of the page, until the function that it returns is called. */
function watchWaysOut({ entry, latest, givenUp, ask, push }: Watched): () => void {
  const onUnload = (event: BeforeUnloadEvent) => {
    entry.current?.keepMark();
    if (latest.current.isDirty) event.preventDefault();
  };
  const onPop = (event: PopStateEvent) => {
    const { isDirty, onBack } = latest.current;
    const arrival = entry.current?.arrived(event.state) ?? "elsewhere";
    if (!isDirty) {
      // By Forward, onto a guard that nothing needs.
      if (entry.current?.isOn) entry.current.leave();
      // Below an own entry there may be one more of the page.
      else if (arrival === "back" && givenUp.current === latest.current.work) window.history.back();
      else if (arrival !== "mine") return;
      return event.stopImmediatePropagation();
    }
    if (arrival !== "mine" && onBack) {
      if (!onBack()) return;
      entry.current?.enter();
    } else ask(arrival === "mine" ? null : { kind: "back" });
    event.stopImmediatePropagation();
  };
  const onClick = (event: MouseEvent) => {
    const href = hrefOf(event);
    if (href === null) return;
    if (latest.current.isDirty) {
      // Enough for a link of Next's; the menu it may be in still closes.
      event.preventDefault();
      // When the menu it may be in has closed and given the focus back.
      setTimeout(() => ask({ kind: "link", href }));
    } else if (entry.current?.whenBack(() => push(href))) event.preventDefault();
  };
  const onLeave = (event: Event) => {
    if (!latest.current.isDirty || !(event instanceof LeaveEvent)) return;
    event.preventDefault();
    ask({ kind: "other", go: event.go });
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
}

/** Where a click leads inside of the application; null where it does not leave the page. */
function hrefOf(event: MouseEvent): string | null {
  if (event.defaultPrevented || event.button !== 0) return null;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return null;
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  if (!(link instanceof HTMLAnchorElement) || (link.target && link.target !== "_self")) return null;
  const url = new URL(link.href, window.location.href);
  // Other sites end in beforeunload; an anchor on this page leaves nothing.
  if (url.origin !== window.location.origin || url.pathname === window.location.pathname) return null;
  return url.pathname + url.search + url.hash;
}
