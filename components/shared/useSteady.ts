"use client";
import { useLayoutEffect, useRef, useState } from "react";

// biome-ignore lint/suspicious/noExplicitAny: whatever the handlers take
type Handlers<T> = { [K in keyof T]: (...args: any[]) => void };

/** The same functions at every render, each doing what the newest of its name does: for rows that are memoized. */
export function useSteady<T extends Handlers<T>>(handlers: T): T {
  const newest = useRef(handlers);
  useLayoutEffect(() => {
    newest.current = handlers;
  });
  const [steady] = useState(() => {
    const names = Object.keys(handlers) as (keyof T)[];
    return Object.fromEntries(
      names.map((name) => [name, (...args: unknown[]) => newest.current[name](...args)]),
    ) as T;
  });
  return steady;
}
